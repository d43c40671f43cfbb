"""tree.sql in a PostgreSQL of the test's own: opt-in (`-m trial`), where its server is installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import small_tree
from rootward.publish.exports import sql

pytestmark = pytest.mark.trial
SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
# The server refuses to run as root.
AS_USER = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@pytest.fixture
def psql(tmp_path_factory):
    """Runs SQL in a server that listens on a socket alone; the output, unaligned."""
    if not SERVERS:
        pytest.skip("no PostgreSQL server: apt install postgresql")
    bin_ = SERVERS[-1].parent
    folder = Path("/tmp") / f"rw-pg-{os.getpid()}"  # a socket's path must be short
    folder.mkdir(mode=0o777)
    if AS_USER:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    server = [bin_ / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    subprocess.run([*AS_USER, bin_ / "initdb", "-D", data, "-A", "trust", "-U", "rw"], check=True, capture_output=True)
    options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
    subprocess.run([*AS_USER, *server, "-o", options, "start"], check=True, capture_output=True)

    def run(text: str) -> str:
        client = [bin_ / "psql", "-h", folder, "-U", "rw", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-qAt"]
        return subprocess.run(client, input=text, text=True, check=True, capture_output=True).stdout

    yield run
    subprocess.run([*AS_USER, *server, "-m", "immediate", "stop"], check=True, capture_output=True)
    shutil.rmtree(folder)


def test_postgres_loads_it_twice_without_doubling(psql, tmp_path):
    tree, placements = small_tree.rows(), small_tree.placements()
    n = sql.write(tree, small_tree.flat_batches(), tmp_path / "a.sql")
    text = (tmp_path / "a.sql").read_text()
    psql(text)
    psql(text)
    counts = [int(psql(f"SELECT count(*) FROM rootward_{name}")) for name in ("pathways", "parents", "functions")]
    assert counts == [len(tree), len(tree) - 1, len(placements)] and sum(counts) == n
    names = set(filter(None, psql("SELECT name FROM rootward_pathways").split("\n")))
    assert names == {small_tree.one_line(row["name"]) for row in tree if row["name"]}
    broken = text.replace("COMMIT;", "INSERT INTO rootward_parents VALUES ('no', 'no', '', '', NULL);\nCOMMIT;")
    with pytest.raises(subprocess.CalledProcessError, match="psql"):
        psql(broken.replace("'model'", "'other'"))
    assert psql("SELECT DISTINCT method FROM rootward_functions") == "model\n"
