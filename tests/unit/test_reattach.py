from builders import UNKNOWN, FunctionCurator, make_asker, said
from rootward.asking.reattach import LEAST, reattach
from rootward.knowledge.names import pathway_id as p
from rootward.tree.climb import Links

# Root > Transport > Lipid transport > Regulation of lipid transport;  Root > Immune > Immune signaling
LINES = [
    ("Regulation of lipid transport", "Lipid transport"),
    ("Lipid transport", "Transport"),
    ("Transport", "Root"),
    ("Immune signaling", "Immune"),
    ("Immune", "Root"),
]
STUCK = "Positive regulation of lipid transport"
TRUE = {"Regulation of lipid transport", "Lipid transport", "Transport", "Root"}


def grown() -> Links:
    links = Links(names={p(STUCK): STUCK, p("Root"): "Root"})
    for child, parent in LINES:
        links.names |= {p(child): child, p(parent): parent}
        links.parent_of[p(child)] = p(parent)
    links.parent_of[p(STUCK)] = None
    return links


def found(links, is_a, refused=("Immune signaling",), stuck=STUCK):
    curator = FunctionCurator(lambda q: said(is_a=is_a(q.item["child"], q.item["parent"]), reasoning="so it is"))
    edges = reattach(make_asker(curator), links, {p(stuck): list(refused)})
    return {links.names[c]: (links.names[parent], edge) for c, (parent, edge) in edges.items()}, curator


def test_the_deepest_pathway_whose_path_is_confirmed_becomes_the_parent():
    links = grown()
    edges, curator = found(links, lambda _, parent: parent in TRUE)
    parent, edge = edges[STUCK]
    assert parent == "Regulation of lipid transport"
    assert edge.method == "model"
    assert "so it is" in edge.reasoning
    assert "4 of 4 pathways on its path were confirmed" in edge.reasoning
    assert links.parent_of[p(STUCK)] == p(parent)
    asked = [(item["child"], item["parent"]) for item in curator.items("check_edge")]
    assert len(asked) == len(set(asked))


def test_one_wrong_yes_has_no_company_and_loses():
    edges, _ = found(grown(), lambda _, parent: parent in TRUE or parent == "Immune signaling")
    assert edges[STUCK][0] == "Regulation of lipid transport"


def test_one_wrong_no_on_a_confirmed_path_does_not_lose_what_was_answered():
    edges, _ = found(grown(), lambda _, parent: parent in TRUE - {"Lipid transport"}, refused=["Lipid transport"])
    assert edges[STUCK][0] in {"Regulation of lipid transport", "Lipid transport"}


def test_where_nothing_is_confirmed_the_root_is_left_to_be_chosen():
    edges, _ = found(grown(), lambda *_: False)
    assert edges == {}
    assert LEAST > 1


def test_what_stands_below_is_never_the_parent():
    links = grown()
    links.parent_of[p("Regulation of lipid transport")] = p(STUCK)
    found(links, lambda *_: True)
    line = list(links.upward(p(STUCK)))
    assert len(line) == len(set(line))
    assert p("Regulation of lipid transport") not in line


def test_two_stuck_pathways_never_close_a_cycle():
    links = grown()
    other = "Positive regulation of lipid export"
    links.names[p(other)] = other
    links.parent_of[p(other)] = None
    curator = FunctionCurator(lambda q: said(is_a=True, reasoning="yes"))
    reattach(make_asker(curator), links, {p(STUCK): [other], p(other): [STUCK]})
    for start in (p(STUCK), p(other)):
        line = list(links.upward(start))
        assert len(line) == len(set(line))


def test_a_check_without_an_answer_attaches_nothing():
    ask = make_asker(FunctionCurator(lambda _: UNKNOWN))
    assert reattach(ask, grown(), {p(STUCK): ["Transport"]}) == {}
