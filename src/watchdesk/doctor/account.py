"""Users of this machine and their groups (passwd(5), group(5))."""

import os
import pwd

from watchdesk.model import Account


def our_account() -> Account:
    """Whom this process runs as."""
    return account_of(os.geteuid())


def account_of(uid: int) -> Account:
    """By its number; one without a name has only what the number says."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        groups = frozenset({os.getegid(), *os.getgroups()}) if uid == os.geteuid() else frozenset({uid})
        return Account(uid, groups, str(uid))
    return Account(uid, frozenset(os.getgrouplist(entry.pw_name, entry.pw_gid)), entry.pw_name)
