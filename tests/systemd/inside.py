"""Drives watchdesk in a booted Debian: `python3 -m systemd.inside SCENARIO OLD.deb NEW.deb OLD-UNIT`, as root, run by boot.py.

Each step prints what it showed. The first that fails ends the run.
"""

import re
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from systemd import keeping
from systemd.world import (
    CONFIG,
    HOOK_SECRET,
    STATE,
    UNIT,
    World,
    active,
    as_user,
    came,
    check,
    do,
    journal,
    mails,
    mails_with,
    publish,
    say,
    serve_world,
    shown,
    wait_for,
)

SCENARIO, OLD, NEW, OLD_UNIT = sys.argv[1:5]
FIRST = OLD if SCENARIO == "keep" else NEW
SETTINGS = """\
timezone: Europe/Brussels
contact: desk@example.org
polling: {{every: 2s, fastest: 2s, first_poll: all, private_addresses: [127.0.0.0/8], timeout: 5s}}
articles: {{full_text: never}}
web: {{listen: {listen}}}
channels:
  desk: {{email: {{to: [reader@localhost], from: watchdesk@localhost, server: "smtp://127.0.0.1:25"}}}}
  hook: {{webhook: {{url: "http://127.0.0.1:8000/hook", secret: {{credential: hook-secret}}}}}}
digests:
  flash: {{title: Flash, rules: all, at: once, gather: 0s, to: [{to}]}}
operators: {{to: [desk]}}
"""
SOURCES = "sources:\n  wire: {feed: 'http://127.0.0.1:8000/feed'}\n"
RULES = "rules:\n  nato: {title: NATO, query: NATO AND spending}\n"


def write_desk(folder: Path, *, listen: str = "127.0.0.1:8680", to: str = "desk, hook") -> None:
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "watchdesk.yaml").write_text(SETTINGS.format(listen=listen, to=to))
    (folder / "sources.yaml").write_text(SOURCES)
    for file in (folder / "rules").glob("*.yaml"):
        file.unlink()
    (folder / "rules" / "desk.yaml").write_text(RULES)


def restarts() -> int:
    return int(shown(UNIT, "NRestarts") or 0)


def install() -> None:
    said = do("apt-get", "install", "--yes", FIRST)
    check("nothing runs yet" in said, "the package is installed, and says what to do next")
    check(not active(UNIT), "without a configuration nothing was started")
    check(shown(UNIT, "UnitFileState") == "disabled", "and the unit is not enabled")
    check("watchdesk:" in Path("/etc/passwd").read_text(), "the user watchdesk is there")
    check(
        (STATE.owner(), oct(STATE.stat().st_mode)[-4:]) == ("watchdesk", "0700"),
        "/var/lib/watchdesk is its own",
    )
    mode = oct(CONFIG.stat().st_mode)[-4:]
    check(
        (CONFIG.owner(), CONFIG.group(), mode) == ("root", "watchdesk", "2750"),
        "/etc/watchdesk is root's to write",
    )
    say("watchdesk: " + do("watchdesk", "--version").strip())
    check("report" in do("watchdesk", "--help"), "/usr/bin/watchdesk runs in its own environment")
    check("WATCHDESK(1)" in do("man", "-P", "cat", "watchdesk"), "man watchdesk shows its page")
    check(
        Path("/usr/share/bash-completion/completions/watchdesk").stat().st_size,
        "the completions are in place",
    )


def configure() -> None:
    if " init " in do("watchdesk", "--help"):
        said = do("watchdesk", "--config", str(CONFIG), "init", "--yes")
        check("was written" in said, "watchdesk init, as root, wrote a configuration")
    else:
        say("this version has no init: its files are written by hand")
        write_desk(CONFIG)
    readable = do("sudo", "-u", "watchdesk", "watchdesk", "--config", str(CONFIG), "check")
    check(True, f"the service's user can read it, and it has no mistake: {readable.splitlines()[0]}")
    write_desk(CONFIG)
    drop_in = Path("/etc/systemd/system/watchdesk.service.d")
    drop_in.mkdir(parents=True, exist_ok=True)
    store = Path("/etc/credstore")
    store.mkdir(mode=0o700, exist_ok=True)
    (store / "hook-secret").write_text(HOOK_SECRET + "\n")
    (store / "hook-secret").chmod(0o600)
    (drop_in / "secrets.conf").write_text(
        "[Service]\nLoadCredential=hook-secret:/etc/credstore/hook-secret\n"
    )
    # A hung process is found after two minutes; nobody wants to wait for that here.
    (drop_in / "soon.conf").write_text("[Service]\nWatchdogSec=10s\n")
    do("systemctl", "daemon-reload")
    say("here the test's own desk takes its place: a feed and a webhook on this machine, mail by OpenSMTPD")


def start() -> None:
    do("systemctl", "enable", "--now", UNIT)
    wait_for(lambda: active(UNIT), "the service to be up")
    check(active(UNIT), f"systemctl enable --now: active; {shown(UNIT, 'StatusText')}")
    user = do("ps", "-o", "user=", "-p", shown(UNIT, "MainPID")).strip()
    check(user == "watchdesk", "its process runs as the user watchdesk")
    came("The first article")
    wait_for(lambda: "The first article" in World.hooked, "the webhook")
    check(True, "the webhook was signed by the secret that LoadCredential= passes")
    check("running" in as_user("status", status=None), "sudo -u watchdesk watchdesk status works beside it")
    exposure = do("systemd-analyze", "security", UNIT).strip().splitlines()[-1]
    units = (UNIT, "watchdesk@any.service", "watchdesk-failure@watchdesk.service")
    check(do("systemd-analyze", "verify", *units) == "", "systemd-analyze verify finds nothing in the units")
    check(float(re.findall(r"\d\.\d", exposure)[0]) <= 1.2, re.sub(r"[^\w .:→]", "", exposure).strip(" →"))


def reload() -> None:
    pid = shown(UNIT, "MainPID")
    (CONFIG / "rules" / "desk.yaml").write_text(RULES + "  grain: {title: Grain, query: grain}\n")
    do("systemctl", "reload", UNIT)
    wait_for(lambda: "2 rules" in shown(UNIT, "StatusText"), "the second rule")
    check(True, f"a good change: {shown(UNIT, 'StatusText')}")
    (CONFIG / "rules" / "desk.yaml").write_text("rules:\n  nato: {title: NATO, query: NATO AND (}\n")
    do("systemctl", "reload", UNIT, status=None)
    wait_for(lambda: "refused" in shown(UNIT, "StatusText"), "the refusal")
    check(active(UNIT), f"a bad change: {shown(UNIT, 'StatusText')}")
    came("An article while the files are wrong")
    (CONFIG / "rules" / "desk.yaml").write_text(RULES)
    do("systemctl", "reload", UNIT)
    wait_for(lambda: "refused" not in shown(UNIT, "StatusText"), "the mended files")
    check(shown(UNIT, "MainPID") == pid, "all by the same process")


def team() -> None:
    folder = CONFIG / "rules" / "energy"
    folder.mkdir()
    (folder / "gas.yaml").write_text("rules:\n  gas: {title: Gas, query: gas AND price}\n")
    do("systemctl", "reload", UNIT)
    wait_for(lambda: "2 rules" in shown(UNIT, "StatusText"), "the folder's rule")
    (folder / "gas.yaml").write_text("rules:\n  gas: {title: Gas, query: gas AND (}\n")
    do("systemctl", "reload", UNIT, status=None)
    wait_for(lambda: "rules/energy" in shown(UNIT, "StatusText"), "the folder's refusal")
    check("2 rules" in shown(UNIT, "StatusText"), f"a mistake in a folder: {shown(UNIT, 'StatusText')}")
    wait_for(lambda: mails_with("reader", "rules/energy"), "the operators' mail")
    do("systemctl", "restart", UNIT)
    wait_for(lambda: "rules/energy" in shown(UNIT, "StatusText"), "the folder after a restart")
    check(
        "2 rules" in shown(UNIT, "StatusText"),
        "its operators were told, and after a restart its last good version is still in force",
    )
    came("An article while a folder is wrong")
    shutil.rmtree(folder)
    do("systemctl", "reload", UNIT)
    wait_for(lambda: "rules/energy" not in shown(UNIT, "StatusText"), "the folder's end")
    check("1 rules" in shown(UNIT, "StatusText"), f"without the folder: {shown(UNIT, 'StatusText')}")


def hang() -> None:
    before, pid = restarts(), shown(UNIT, "MainPID")
    do("kill", f"-{signal.SIGSTOP.value}", pid)
    wait_for(lambda: restarts() > before and active(UNIT), "the watchdog")
    check(
        "Watchdog timeout" in journal(UNIT),
        "a process that hangs (SIGSTOP) is ended by the watchdog and started again",
    )
    came("An article after the watchdog")


def crash() -> None:
    before = restarts()
    publish("An article just before the crash")
    do("systemctl", "kill", "--kill-whom=all", "--signal=KILL", UNIT)
    wait_for(lambda: restarts() > before and active(UNIT), "the restart")
    check(active(UNIT), "all its processes killed (SIGKILL): started again")
    wait_for(lambda: mails_with("reader", "An article just before the crash"), "its mail")
    came("An article after the crash")
    check(
        mails_with("reader", "An article just before the crash") == 1, "what was published before came once"
    )


def work_beside() -> None:
    check(
        "running" in do("watchdesk", "status", status=None),
        "watchdesk status as root finds the directories of the service",
    )
    do("watchdesk", "--service", "verify")
    others = do("find", str(STATE), "!", "-user", "watchdesk").strip()
    check(others == "", "what commands of root leave there belongs to the service's user")
    refused = do("sudo", "-u", "nobody", "watchdesk", "status", status=2)
    check(
        "sudo -u watchdesk watchdesk" in refused, f"another user is told: {refused.strip().splitlines()[-1]}"
    )


def refuse_to_start() -> None:
    good = (CONFIG / "watchdesk.yaml").read_text()
    (CONFIG / "watchdesk.yaml").write_text(good + "retention: never\n")
    do("systemctl", "restart", UNIT, status=None)
    wait_for(lambda: shown(UNIT, "ActiveState") == "failed", "the failure")
    status, again = shown(UNIT, "ExecMainStatus"), restarts()
    check(
        (status, again) == ("2", 0),
        "a configuration that cannot be used at the start: exit status 2, no restart",
    )
    wait_for(lambda: mails_with("root", "has failed"), "the mail to root")
    check(
        mails_with("root", "retention"),
        "watchdesk-failure@ mailed root what is wrong, for the files name nobody",
    )
    (CONFIG / "watchdesk.yaml").write_text(good)
    do("systemctl", "start", UNIT)
    came("An article after the mended start")


def tell_of_crashes() -> None:
    drop_in = Path("/etc/systemd/system/watchdesk.service.d/fails.conf")
    drop_in.write_text("[Unit]\nStartLimitBurst=3\n[Service]\nRestartSec=1s\nExecStartPre=/bin/false\n")
    do("systemctl", "daemon-reload")
    do("systemctl", "restart", UNIT, status=None)
    wait_for(lambda: shown(UNIT, "ActiveState") == "failed", "the failure", 60)
    wait_for(lambda: mails_with("reader", f"{UNIT} has failed"), "the operators' mail")
    check(
        True, f"starts that all fail ({shown(UNIT, 'Result')}): the operators were told by their own channel"
    )
    drop_in.unlink()
    do("systemctl", "daemon-reload")
    do("systemctl", "reset-failed", UNIT)
    do("systemctl", "start", UNIT)
    came("An article after many failed starts")


def fill_disk() -> None:
    folder, unit = Path("/etc/watchdesk-small"), "watchdesk@small.service"
    state = Path("/var/lib/watchdesk-small")
    folder.mkdir()
    shutil.chown(folder, "root", "watchdesk")
    folder.chmod(0o2750)
    write_desk(folder, listen="127.0.0.1:8681", to="desk")
    state.mkdir()
    do("mount", "-t", "tmpfs", "-o", "size=8m,mode=700,uid=watchdesk,gid=watchdesk", "tmpfs", str(state))
    do("systemctl", "enable", "--now", unit)
    wait_for(lambda: active(unit), "the second desk")
    do("systemctl", "stop", UNIT)
    came("The second desk, watchdesk@small")
    do("dd", "if=/dev/zero", f"of={state}/filler", "bs=64k", status=1)
    say(f"its disk is full: {do('df', '--output=pcent', str(state)).split()[-1]}")
    publish("An article while the disk is full")
    wait_for(lambda: mails_with("reader", "full disk"), "the operators' mail", 180)
    check(active(unit), "the operators are told by mail, and the service stays up")
    (state / "filler").unlink()
    wait_for(lambda: mails_with("reader", "An article while the disk is full"), "the article", 300)
    time.sleep(6)
    check(
        mails_with("reader", "An article while the disk is full") == 1,
        "with room again, the article came, once",
    )
    do("systemctl", "disable", "--now", unit)
    do("umount", str(state))
    do("systemctl", "start", UNIT)
    wait_for(lambda: active(UNIT), "the first desk")


def upgrade() -> None:
    Path("/etc/default/watchdesk").write_text("# as the administrator has it\n")
    was = keeping.tables_version()
    do("apt-get", "install", "--yes", NEW)
    wait_for(lambda: active(UNIT), "the service after the upgrade")
    check(active(UNIT), "apt install of the newer package: stopped, replaced, started again")
    say("watchdesk: " + do("watchdesk", "--version").strip())
    now = keeping.tables_version()
    if now == was:
        say(f"its tables are as they were, of version {now}")
    else:
        copy = STATE / f"watchdesk.db.version-{was}"
        check(copy.exists(), f"its tables went from version {was} to {now}, and the file was copied before")
    check(Path("/etc/default/watchdesk").read_text().startswith("# as the"), "the edited conffile is kept")
    check(
        "<unknown>" not in do("dpkg", "--verify", "watchdesk", status=None),
        "dpkg --verify finds the rest as shipped",
    )
    came("An article after the upgrade")
    check(mails_with("reader", "The first article") == 1, "nothing of before came twice")


def remove() -> None:
    do("apt-get", "remove", "--yes", "watchdesk")
    check(not Path("/usr/lib/watchdesk").exists(), "apt remove: the program is gone, with what was compiled")
    check(not active(UNIT), "nothing runs")
    check(
        (STATE / "watchdesk.db").exists() and (CONFIG / "watchdesk.yaml").exists(),
        "state and configuration stay",
    )
    do("apt-get", "install", "--yes", NEW)
    wait_for(lambda: active(UNIT), "the service")
    check(True, "installed again, it finds its configuration and starts")
    came("An article after all that")
    check(mails_with("reader", "The first article") == 1, "and remembers what it sent")


def purge() -> None:
    Path("/etc/watchdesk-small").mkdir()
    do("apt-get", "purge", "--yes", "watchdesk")
    left = [
        path
        for path in (STATE, CONFIG, Path("/etc/default/watchdesk"), Path("/usr/lib/watchdesk"))
        if path.exists()
    ]
    check(left == [], "apt purge: state, configuration and program are gone")
    check(Path("/etc/watchdesk-small").exists(), "what the administrator made for watchdesk@small is left")


def from_old_unit() -> None:
    """The service as README had it before there was a package: a unit with DynamicUser=yes."""
    do("dpkg-deb", "-x", OLD, "/opt/old")
    Path("/usr/lib/watchdesk").symlink_to("/opt/old/usr/lib/watchdesk")
    Path("/opt/watchdesk/bin").mkdir(parents=True)
    Path("/opt/watchdesk/bin/watchdesk").symlink_to("/opt/old/usr/lib/watchdesk/bin/watchdesk")
    shutil.copy(OLD_UNIT, "/etc/systemd/system/watchdesk.service")
    CONFIG.mkdir()
    write_desk(CONFIG, to="desk")
    # As root, so that Python keeps what it compiles: the unit may not.
    do(
        "/opt/watchdesk/bin/watchdesk",
        "--config",
        str(CONFIG),
        "--state",
        "/root/warm",
        "once",
        "--all",
        status=None,
    )
    do("systemctl", "daemon-reload")
    do("systemctl", "enable", "--now", UNIT)
    wait_for(lambda: active(UNIT), "the old unit")
    came("An article under the old unit")
    say(f"it runs as a user that systemd makes up; its state is in {STATE.resolve()}")
    said = do("apt-get", "install", "--yes", NEW, status=100)
    check(
        "Nothing was changed" in said and active(UNIT),
        "the package refuses to be installed beside it, and says what to do",
    )
    do("systemctl", "disable", "--now", UNIT)
    shutil.move("/etc/systemd/system/watchdesk.service", "/root/watchdesk.service.old")
    Path("/usr/lib/watchdesk").unlink()
    do("systemctl", "daemon-reload")
    do("apt-get", "install", "--yes", NEW)
    wait_for(lambda: active(UNIT), "the service")
    database = STATE / "watchdesk.db"
    check(
        not STATE.is_symlink() and database.owner() == "watchdesk",
        "after its three steps: the state is the static user's",
    )
    came("An article under the package")
    check(mails_with("reader", "An article under the old unit") == 1, "nothing came twice")


Step = tuple[str, Callable[[], None]]
ALIKE: list[Step] = [
    ("Install", install),
    ("Configure", configure),
    ("Start; a feed in, a digest out by OpenSMTPD; credentials", start),
]
SCENARIOS: dict[str, list[Step]] = {
    "keep": [
        *ALIKE,
        ("Reload, good and bad", reload),
        ("A process that hangs", hang),
        ("A crash", crash),
        ("Upgrade from the package before", upgrade),
        ("Downgrade to it, and upgrade again", lambda: keeping.go_back(OLD, NEW)),
        ("A team's folder of rules, good and bad", team),
        ("A backup beside the service", keeping.back_up),
        ("Restore", keeping.restore),
        ("Commands beside the service", work_beside),
        ("A configuration that cannot be used", refuse_to_start),
        ("A unit that fails for good", tell_of_crashes),
        ("A full disk, under watchdesk@", fill_disk),
    ],
    "leave": [
        *ALIKE,
        ("A version to come, and the way back by the copy", lambda: keeping.come_back(NEW)),
        ("Remove, and install again", remove),
        ("Purge", purge),
    ],
    "by-hand": [("From a unit by hand (DynamicUser)", from_old_unit)],
}
"""Each in a root of its own. What a desk survives, how one goes back and leaves, how one comes from before the package."""


def main() -> int:
    serve_world()
    print(
        f"systemd {do('systemctl', '--version').split()[1]}, {do('cat', '/etc/debian_version').strip()}",
        flush=True,
    )
    steps = SCENARIOS[SCENARIO]
    for name, step in steps:
        print(f"\n{name}", flush=True)
        try:
            step()
        except Exception:
            traceback.print_exc(file=sys.stdout)
            print(do("systemctl", "status", "--no-pager", "--full", UNIT, status=None))
            print("\n".join(journal(UNIT).splitlines()[-40:]))
            print(f"\n{len(mails('reader'))} mails\nFAILED: {name}", flush=True)
            return 1
    print(f"\nALL {len(steps)} STEPS PASSED", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
