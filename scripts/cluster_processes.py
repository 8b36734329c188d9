"""Three brokers and three nodes on loopback, as processes: started from the files in config/, ended by their exact ids.

Used by scripts/cluster and scripts/chaos.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BROKERS = ("broker-a", "broker-b", "broker-c")
NODES = ("node-a", "node-b", "node-c")
# Limits for what hangs, not thresholds: nothing healthy comes near them.
STARTS_WITHIN_S = 120
ENDS_WITHIN_S = 60
POLL_S = 0.05


class Trouble(Exception):
    """What a person must be told; no traceback is wanted."""


# -- ports ------------------------------------------------------------------------------------------------------------


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count):
    """Ports that were free a moment ago, all different."""
    with contextlib.ExitStack() as held:
        ports = []
        for _ in range(count):
            probe = held.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            ports.append(probe.getsockname()[1])
        return ports


def ports_of(conf):
    """(client port, route port) that a broker's configuration names."""
    found = re.findall(r'^\s*listen:\s*"127\.0\.0\.1:(\d+)"', conf.read_text(encoding="utf-8"), re.MULTILINE)
    if len(found) != 2:
        raise Trouble(f"{conf}: expected two lines of the form  listen: \"127.0.0.1:PORT\"")
    return int(found[0]), int(found[1])


# -- processes --------------------------------------------------------------------------------------------------------


def start_time(pid):
    """When a process was started, in the kernel's ticks: with its id, its name for ever. None when there is none."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            fields = stat.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])


class Cluster:
    """The processes of one cluster. What runs is kept in a file, so that several commands share it."""

    def __init__(self, state, shop=None, own_ports=False):
        self.state = pathlib.Path(state).resolve()
        self._shop = shop
        self._own_ports = own_ports
        self._file = self.state / "processes.json"
        self._known = {"processes": {}, "ports": {}, "shop": None}
        with contextlib.suppress(FileNotFoundError, ValueError):
            self._known = json.loads(self._file.read_text(encoding="utf-8"))

    # -- what there is

    @property
    def shop(self):
        """The program that the nodes run."""
        return self._shop or self._known["shop"] or newest_shop()

    def names(self):
        return (*BROKERS, *NODES)

    def pid(self, name):
        """The id of a process that runs; None when it does not."""
        known = self._known["processes"].get(name)
        if known is None or start_time(known["pid"]) != known["started"]:
            return None
        return known["pid"]

    def running(self):
        return [name for name in self.names() if self.pid(name) is not None]

    def log(self, name):
        return self.state / f"{name}.log"

    def config(self, node):
        return ROOT / "config" / "cluster" / f"{node}.toml"

    def urls(self):
        return ",".join(f"nats://127.0.0.1:{self._known['ports'][name][0]}" for name in BROKERS)

    def has_usual_ports(self):
        return all(tuple(self._known["ports"][name]) == ports_of(self.conf(name)) for name in BROKERS)

    @staticmethod
    def conf(broker):
        return ROOT / "config" / "nats" / f"{broker}.conf"

    def environment(self):
        """Variables that point commands at this cluster; none when it is where the files say."""
        return {} if self.has_usual_ports() else {"REEL_LOG__URLS": self.urls()}

    # -- starting

    def choose_ports(self):
        usual = {name: ports_of(self.conf(name)) for name in BROKERS}
        taken = [port for pair in usual.values() for port in pair if not is_free(port)]
        if taken or self._own_ports:
            fresh = free_ports(2 * len(BROKERS))
            usual = {name: (fresh[2 * i], fresh[2 * i + 1]) for i, name in enumerate(BROKERS)}
        self._known["ports"] = usual
        return taken

    def start(self, name, environment=None):
        """One broker or node."""
        if self.pid(name) is not None:
            raise Trouble(f"{name} is running already")
        if name in BROKERS:
            command, extra = self._broker_command(name), {}
        else:
            command = [str(self.shop), "run", "--config", str(self.config(name))]
            extra = {**self.environment(), **self._place(name), **(environment or {})}
        self.state.mkdir(parents=True, exist_ok=True)
        with open(self.log(name), "ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **extra}, stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=log, start_new_session=True)
        self._known["processes"][name] = {"pid": process.pid, "started": start_time(process.pid)}
        self._known["shop"] = str(self.shop)
        self._save()
        return process

    def _broker_command(self, name):
        client, route = self._known["ports"][name]
        routes = ",".join(f"nats://127.0.0.1:{self._known['ports'][other][1]}" for other in BROKERS)
        return ["nats-server", "-c", str(self.conf(name)), "-p", str(client), "-sd", str(self.state / name),
                "--cluster", f"nats://127.0.0.1:{route}", "--routes", routes]

    def _place(self, node):
        """Where a node keeps its files, when that is not where its configuration says."""
        usual = (ROOT / "data" / "cluster").resolve() == self.state
        return {} if usual else {"REEL_NODE__DATA": str(self.state / node)}

    def wait_for_broker(self, name):
        limit = time.monotonic() + STARTS_WITHIN_S
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self._known["ports"][name][0]), 1).close()
                return
            if self.pid(name) is None or time.monotonic() > limit:
                raise Trouble(f"{name} does not start: {self.last_words(name)}")
            time.sleep(POLL_S)

    def wait_until_owned(self):
        """Until every partition has an owner that runs."""
        limit = time.monotonic() + STARTS_WITHIN_S
        while True:
            done = self.status("--json")
            if done.returncode == 0:
                return
            dead = [name for name in self._known["processes"] if self.pid(name) is None]
            if dead or time.monotonic() > limit:
                words = "\n".join(f"{name}: {self.last_words(name)}" for name in dead) or done.stdout + done.stderr
                raise Trouble(f"the cluster does not come up: {words}")
            time.sleep(POLL_S * 4)

    def status(self, *arguments):
        return subprocess.run([str(self.shop), "status", "--config", str(self.config(NODES[0])), *arguments], cwd=ROOT,
                              env={**os.environ, **self.environment()}, capture_output=True, text=True, check=False)

    def last_words(self, name):
        try:
            return self.log(name).read_text("utf-8", "replace")[-2000:]
        except OSError:
            return "it said nothing"

    # -- ending

    def signal(self, name, number):
        pid = self.pid(name)
        if pid is None:
            raise Trouble(f"{name} is not running")
        os.kill(pid, number)

    def wait_for_end(self, name):
        """Also of processes that another command has started."""
        limit = time.monotonic() + ENDS_WITHIN_S
        pid = self.pid(name)
        while self.pid(name) is not None and time.monotonic() < limit:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            time.sleep(POLL_S)
        return self.pid(name) is None

    def kill(self, name):
        self.signal(name, signal.SIGKILL)
        self.wait_for_end(name)

    def stop(self, names):
        """In order; what does not end is killed. True when all ended by themselves."""
        asked = [name for name in names if self.pid(name) is not None]
        for name in asked:
            self.signal(name, signal.SIGCONT)
            self.signal(name, signal.SIGTERM)
        late = [name for name in asked if not self.wait_for_end(name)]
        for name in late:
            self.kill(name)
        return not late

    def down(self, keep):
        well = self.stop(NODES)
        well = self.stop(BROKERS) and well
        if keep:
            self._file.unlink(missing_ok=True)
        elif self._file.exists():  # never a directory that is not a cluster's
            shutil.rmtree(self.state)
        return well

    def _save(self):
        self._file.write_text(json.dumps(self._known, indent=1) + "\n", encoding="utf-8")


def newest_shop():
    """The program of the build folder that was built last."""
    built = [path for path in ROOT.glob("build*/shop") if path.is_file()]
    if not built:
        raise Trouble("no program build*/shop: run scripts/demo, or  meson setup build && ninja -C build shop")
    return max(built, key=lambda path: path.stat().st_mtime)
