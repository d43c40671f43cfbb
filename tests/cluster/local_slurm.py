"""A SLURM of one node on this machine, for the tests: started as root from Debian's packages, without systemd.

    with LocalSlurm(folder) as slurm:
        subprocess.run([...], env=slurm.environment)

or by hand, `python tests/cluster/local_slurm.py FOLDER`, which prints what to export and runs until Ctrl-C or SIGTERM.
Every daemon stays in the foreground as a child of this process, keeps its files in the folder and listens on a free
port, and nothing lives on. Outside the folder there is only a link, /etc/slurm/slurm.conf, for as long as it runs: in a
job Snakemake takes SLURM_CONF out of the environment. A machine that has a SLURM of its own is left alone.

Settings: slurm.conf(5) and munged(8) of SLURM 22.05. Tracking processes by cgroups needs rights that a container does
not have, hence linuxproc; the key of munge lies in a folder that others may read, hence --force; jobs wait for answers
more than they compute, hence more CPUs than there are (config_overrides).
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

DAEMONS = ("munged", "slurmctld", "slurmd")
CPUS, MEMORY = 8, 12_000
SYSTEM_CONF = Path("/etc/slurm/slurm.conf")


class LocalSlurm:
    """Starts munged, slurmctld and slurmd; `environment` leads the client commands to them."""

    def __init__(self, folder: Path):
        self.folder = folder.resolve()
        self._running: dict[str, subprocess.Popen] = {}

    @staticmethod
    def missing() -> str | None:
        """Why it cannot be started here."""
        if os.geteuid() != 0:
            return "a SLURM of one's own needs root"
        if SYSTEM_CONF.exists():
            return f"this machine has a SLURM already ({SYSTEM_CONF})"
        absent = [name for name in (*DAEMONS, "sbatch", "munge") if shutil.which(name) is None]
        return f"not installed: {', '.join(absent)} (tests/cluster/install)" if absent else None

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that is to use this SLURM."""
        return os.environ | {"SLURM_CONF": str(self.folder / "slurm.conf")}

    def run(self, *command: str) -> str:
        """What a client command prints."""
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout

    def __enter__(self) -> "LocalSlurm":
        for name in ("log", "spool", "state"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        self._configure()
        SYSTEM_CONF.parent.mkdir(exist_ok=True)
        SYSTEM_CONF.unlink(missing_ok=True)  # a link of a run that was killed leads nowhere
        SYSTEM_CONF.symlink_to(self.folder / "slurm.conf")
        try:
            key, socket_ = self.folder / "munge.key", self.folder / "munge.socket"
            self._start("munged", "-F", "--force", f"--key-file={key}", f"--socket={socket_}", *self._munge_files())
            self._wait("munge", lambda: self.run("munge", "-n", "-S", str(socket_)))
            self._start("slurmctld", "-D", "-f", str(self.folder / "slurm.conf"))
            self._wait("slurmctld", lambda: "UP" in self.run("scontrol", "ping"))
            self._start("slurmd", "-D", "-f", str(self.folder / "slurm.conf"), "-N", _host())
            self._wait("the node", lambda: self.run("sinfo", "-h", "-o", "%T").strip() in ("idle", "mixed"))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(Exception):  # what still runs has lost whoever waited for it
            self.run("scancel", "-u", "root")
            self._wait("the queue", lambda: not self.run("squeue", "-h").strip(), 20)
        for process in reversed(self._running.values()):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        SYSTEM_CONF.unlink(missing_ok=True)

    def _start(self, name: str, *arguments: str) -> None:
        with (self.folder / "log" / f"{name}.out").open("w") as log:
            self._running[name] = subprocess.Popen(
                [name, *arguments], stdout=log, stderr=subprocess.STDOUT, env=self.environment, start_new_session=True
            )
        (self.folder / f"{name}.pid").write_text(f"{self._running[name].pid}\n")

    def _wait(self, what: str, holds: Callable[[], object], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while True:
            with contextlib.suppress(RuntimeError, OSError):
                if holds():
                    return
            dead = [name for name, process in self._running.items() if process.poll() is not None]
            if dead or time.monotonic() > end:
                raise RuntimeError(f"{what} did not come up ({', '.join(dead) or 'too slow'}); see {self.folder}/log")
            time.sleep(0.1)

    def _munge_files(self) -> list[str]:
        (self.folder / "munge.key").write_bytes(os.urandom(1024))
        (self.folder / "munge.key").chmod(0o600)
        names = {"pid-file": "munge.pid", "log-file": "log/munged.log", "seed-file": "munge.seed"}
        return [f"--{option}={self.folder / name}" for option, name in names.items()]

    def _configure(self) -> None:
        host, folder = _host(), self.folder
        controller, node = _free_port(), _free_port()
        settings = {
            "ClusterName": "rootward",
            "SlurmctldHost": f"{host}(127.0.0.1)",
            "SlurmctldPort": controller,
            "SlurmdPort": node,
            "SlurmUser": "root",
            "SlurmdUser": "root",
            "AuthType": "auth/munge",
            "CredType": "cred/munge",
            "AuthInfo": f"socket={folder}/munge.socket",
            "StateSaveLocation": folder / "state",
            "SlurmdSpoolDir": folder / "spool",
            "SlurmctldPidFile": folder / "slurmctld.own.pid",
            "SlurmdPidFile": folder / "slurmd.own.pid",
            "SlurmctldLogFile": folder / "log" / "slurmctld.log",
            "SlurmdLogFile": folder / "log" / "slurmd.log",
            "ProctrackType": "proctrack/linuxproc",
            "TaskPlugin": "task/none",
            "MpiDefault": "none",
            "SlurmdParameters": "config_overrides",
            "SelectType": "select/cons_tres",
            "SelectTypeParameters": "CR_CPU_Memory",
            "SchedulerParameters": "batch_sched_delay=0,sched_min_interval=20000,bf_interval=2",
            "AccountingStorageType": "accounting_storage/none",
            "MinJobAge": 600,  # seconds that squeue remembers a job that ended
            "KillWait": 15,
            "ReturnToService": 2,
        }
        lines = [f"{key}={value}" for key, value in settings.items()]
        lines.append(f"NodeName={host} NodeAddr=127.0.0.1 CPUs={CPUS} RealMemory={MEMORY} State=UNKNOWN")
        lines.append(f"PartitionName=main Nodes={host} Default=YES MaxTime=1-0 DefaultTime=10 State=UP")
        (folder / "slurm.conf").write_text("\n".join(lines) + "\n")


def _host() -> str:
    return socket.gethostname().split(".")[0]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    if reason := LocalSlurm.missing():
        sys.exit(reason)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with LocalSlurm(Path(sys.argv[1])) as slurm:
        print(f"export SLURM_CONF={slurm.environment['SLURM_CONF']}", slurm.run("sinfo"), sep="\n", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
