"""A guest in QEMU for the tests of tests/vm: a Debian on a disk of its own, the source tree with its programs beside it.

The disk is a layer on what tests/vm/guest has built, so a guest can be cut off and started again with what it had
written. The source tree is mounted read-only at /cove; what the guest has to do is on a third disk, and what it says
comes through a port: see agent.
"""
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
SOURCE = os.path.realpath(os.path.join(HERE, "../.."))
TOOLS = {"qemu-system-x86_64": "qemu-system-x86", "qemu-img": "qemu-utils", "debootstrap": "debootstrap",
         "mkfs.ext4": "e2fsprogs", "busybox": "busybox-static", "depmod": "kmod"}
# By hand a mode is chosen by what systemd and guest.d/init look for on the kernel's command line.
CGROUPS = {"v2": "", "hybrid": "systemd.unified_cgroup_hierarchy=0",
           "v1": "systemd.unified_cgroup_hierarchy=0 systemd.legacy_systemd_cgroup_controller=1"}
INITS = {"systemd": "cove_init=/lib/systemd/systemd systemd.show_status=no systemd.log_level=warning", "none": ""}


class Missing(Exception):
    """What this machine lacks for a guest: the tests are skipped."""


def build_guest(kernel=""):
    """The directory with the guest's disk, kernel and initial ramfs; built at the first call."""
    for tool, package in TOOLS.items():
        if not shutil.which(tool, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin"):
            raise Missing(f"{tool} is missing: apt-get install {package}")
    if os.geteuid() != 0:
        raise Missing("building a guest needs root")
    words = [os.path.join(HERE, "guest")] + (["--kernel", kernel] if kernel else [])
    built = subprocess.run(words, stdout=subprocess.PIPE, text=True)
    if built.returncode != 0:
        raise Missing("the guest can't be built")
    return built.stdout.strip()


def kernel_of(guest):
    """As uname -r has it in the guest."""
    return os.path.basename(guest).rsplit("-", 1)[0].removeprefix("linux-image-")


def source_disk(path, dev=False):
    """Writes a file system with the source tree and the programs that tests run."""
    tree = path + ".tree"
    files = subprocess.run(["git", "-C", SOURCE, "ls-files", "-co", "--exclude-standard", "-z", "--", ".", ":!src", ":!tests/fuzz"],
                           stdout=subprocess.PIPE, check=True).stdout.decode().split("\0")
    programs = [f"build/release/src/main/{name}" for name in ("cove", "cove-images", "cove-monitor", "cove-resolver")] + ["build/dev/probes"]
    programs += ["build/dev/src/main/cove"] if dev else []
    for name in [*filter(None, files), *programs]:
        source, target = os.path.join(SOURCE, name), os.path.join(tree, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if os.path.isdir(source):
            shutil.copytree(source, target)
        elif os.path.exists(source):
            shutil.copy2(source, target, follow_symlinks=False)
        elif name in programs and not name.endswith("cove-images"):
            sys.exit(f"{name} is not built")
    size = int(subprocess.run(["du", "-sm", tree], stdout=subprocess.PIPE, check=True).stdout.split()[0])
    subprocess.run(["truncate", "-s", f"{size * 5 // 4 + 16}M", path], check=True)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-O", "^has_journal", "-d", tree, path], check=True)
    shutil.rmtree(tree)


class Machine:
    """One guest. Each start is a boot of the same disk."""

    def __init__(self, directory, guest, source, cgroup="v2", init="systemd", memory=2048, processors=2, append=""):
        self.directory, self.guest, self.source = directory, guest, source
        self.memory, self.processors = memory, processors
        self.append = f"cove_cgroup={cgroup} {CGROUPS[cgroup] if init == 'systemd' else ''} {INITS[init]} {append}"
        self.disk = os.path.join(directory, "disk")
        self.console_file = os.path.join(directory, "console")
        self.port_file = os.path.join(directory, "port")
        self.qemu = None
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", os.path.join(guest, "disk"), self.disk],
                       check=True)

    def start(self, jobs):
        """Boots with this text on the third disk."""
        jobs_file = os.path.join(self.directory, "jobs")
        text = jobs.encode()
        with open(jobs_file, "wb") as file:
            file.write(text + b"\0" * (-len(text) % 512 or 512))
        self.read_to, self.rest = 0, ""
        open(self.port_file, "w").close()
        drives = []
        for path, options in ((self.disk, "format=qcow2,cache=unsafe"), (self.source, "format=raw,readonly=on"),
                              (jobs_file, "format=raw,readonly=on")):
            drives += ["-drive", f"file={path},if=virtio,{options}"]
        self.qemu = subprocess.Popen(
            # no_timer_check: on a busy machine the guest's test of its timer fails.
            ["setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64", "-accel", os.environ.get("COVE_VM_ACCEL", "tcg"), "-cpu", "max", "-smp", str(self.processors),
             "-m", str(self.memory), "-nodefaults", "-no-reboot", "-display", "none", "-kernel", self.guest + "/vmlinuz",
             "-initrd", self.guest + "/initrd", "-append",
             f"console=ttyS0 panic=-1 quiet loglevel=4 no_timer_check {self.append}",
             "-monitor", f"unix:{self.directory}/monitor,server=on,wait=off", "-serial", f"file:{self.console_file}", *drives, "-device", "virtio-serial",
             "-chardev", f"file,id=port,path={self.port_file}", "-device", "virtserialport,chardev=port,name=cove"],
            stdin=subprocess.DEVNULL)

    def lines(self):
        """What the guest has said since the last call, in whole lines."""
        with open(self.port_file, "rb") as file:
            file.seek(self.read_to)
            data = file.read()
        self.read_to += len(data)
        *lines, self.rest = (self.rest + data.decode(errors="replace")).split("\n")
        return [line.rstrip("\r") for line in lines]

    def running(self):
        return self.qemu is not None and self.qemu.poll() is None

    def cut(self):
        """Takes the power away."""
        if self.running():
            self.qemu.kill()
        if self.qemu is not None:
            self.qemu.wait()

    def wait_off(self, seconds):
        """Waits until the guest has turned itself off; or cuts it, and says so."""
        end = time.monotonic() + seconds
        while self.running() and time.monotonic() < end:
            time.sleep(0.2)
        off = not self.running()
        self.cut()
        return off

    def console(self, characters=8000):
        with open(self.console_file, errors="replace") as file:
            return file.read()[-characters:]
