// The least contrast between words and their ground on a page, as WCAG 2 measures it: [contrast, class, text].
const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

function rgba(colour) {
  context.clearRect(0, 0, 1, 1);
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data];
}

function luminance([r, g, b]) {
  const [x, y, z] = [r, g, b].map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
}

function ground(element) {
  for (let at = element; at; at = at.parentElement) {
    const colour = rgba(getComputedStyle(at).backgroundColor);
    if (colour[3] > 250) return colour;
  }
  return [255, 255, 255, 255];
}

const says = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());

return [...document.querySelectorAll("body *")]
  .filter((element) => element.checkVisibility() && !element.closest("svg") && says(element))
  .map((element) => {
    const [dark, bright] = [luminance(rgba(getComputedStyle(element).color)), luminance(ground(element))].sort((a, b) => a - b);
    return [(bright + 0.05) / (dark + 0.05), element.className, element.textContent.slice(0, 40)];
  })
  .sort((a, b) => a[0] - b[0])[0];
