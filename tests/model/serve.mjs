// A small OpenAI-compatible server over node-llama-cpp: chat completions of one model from a GGUF file, one at a time.
// Run: node serve.mjs MODEL.gguf [CONTEXT]; prints READY <port>. Ends with its standard input.
import {createServer} from "node:http";
import {basename} from "node:path";
import {getLlama, LlamaChatSession} from "node-llama-cpp";

const [file, contextSize = "4096"] = process.argv.slice(2);
const name = basename(file, ".gguf");
const llama = await getLlama({gpu: false, build: "never", logLevel: "error"});
const model = await llama.loadModel({modelPath: file});
const context = await model.createContext({contextSize: Number(contextSize), threads: 1});
const sequence = context.getSequence();
let last = Promise.resolve();

async function complete(asked) {
    const text = asked.messages.map((message) => message.content).join("\n");
    const length = model.tokenize(text).length;
    if (length + (asked.max_tokens ?? 0) > context.contextSize) {
        const message = "the request exceeds the available context size, try increasing it";
        const type = "exceed_context_size_error";
        return [400, {error: {code: 400, message, type, n_prompt_tokens: length, n_ctx: context.contextSize}}];
    }
    const schema = asked.response_format?.json_schema?.schema;
    const grammar = schema ? await llama.createGrammarForJsonSchema(inlined(schema, schema.$defs)) : undefined;
    await sequence.clearHistory();
    const session = new LlamaChatSession({contextSequence: sequence, autoDisposeSequence: false});
    const said = await session.promptWithMeta(text, {grammar, maxTokens: asked.max_tokens, temperature: 0});
    session.dispose();
    const finish = said.stopReason === "maxTokens" ? "length" : "stop";
    const message = {role: "assistant", content: said.responseText};
    const written = model.tokenize(said.responseText).length;
    const usage = {prompt_tokens: length, completion_tokens: written, total_tokens: length + written};
    const choices = [{index: 0, message, finish_reason: finish}];
    return [200, {id: "chatcmpl-1", object: "chat.completion", created: 0, model: name, choices, usage}];
}

// node-llama-cpp's grammars take no references and say "oneOf" where JSON Schema says "anyOf".
function inlined(value, definitions) {
    if (Array.isArray(value)) return value.map((part) => inlined(part, definitions));
    if (value === null || typeof value !== "object") return value;
    if (value.$ref) return inlined(definitions[value.$ref.split("/").at(-1)], definitions);
    const entries = Object.entries(value).filter(([key]) => key !== "$defs" && key !== "description");
    return Object.fromEntries(entries.map(([key, part]) => [key === "anyOf" ? "oneOf" : key, inlined(part, definitions)]));
}

function answer(response, status, content) {
    response.writeHead(status, {"content-type": "application/json"});
    response.end(JSON.stringify(content));
}

const server = createServer((request, response) => {
    if (request.url === "/v1/models") {
        answer(response, 200, {object: "list", data: [{id: name, max_model_len: context.contextSize}]});
        return;
    }
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
        last = last.then(async () => {
            try {
                answer(response, ...(await complete(JSON.parse(Buffer.concat(parts).toString("utf8")))));
            } catch (error) {
                answer(response, 500, {error: {code: 500, message: String(error), type: "server_error"}});
            }
        });
    });
});
server.listen(0, "127.0.0.1", () => console.log(`READY ${server.address().port}`));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
