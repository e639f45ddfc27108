#!/usr/bin/env python3
"""The C ABI from Python by ctypes: decides records from several threads, a session each.

usage: example.py LIBRARY BUNDLE ACTION.json..."""
import ctypes
import json
import sys
import threading


class Options(ctypes.Structure):
    _fields_ = [
        ("kind", ctypes.c_char_p),
        ("strict", ctypes.c_int32),
        ("has_at", ctypes.c_int32),
        ("at_ns", ctypes.c_int64),
    ]


def open_library(path):
    library = ctypes.CDLL(path)
    for name, result, arguments in [
        ("guardvm_abi_version", ctypes.c_uint32, []),
        ("guardvm_bundle_load", ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t]),
        ("guardvm_bundle_free", None, [ctypes.c_void_p]),
        ("guardvm_bundle_digest", ctypes.c_char_p, [ctypes.c_void_p]),
        ("guardvm_session_new", ctypes.c_void_p, [ctypes.c_void_p]),
        ("guardvm_session_free", None, [ctypes.c_void_p]),
        ("guardvm_decide", ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.POINTER(Options)]),
        ("guardvm_decision_json", ctypes.c_char_p, [ctypes.c_void_p, ctypes.c_uint32, ctypes.POINTER(ctypes.c_size_t)]),
    ]:
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def main():
    library = open_library(sys.argv[1])
    assert library.guardvm_abi_version() == 1
    why = ctypes.create_string_buffer(256)
    assert library.guardvm_bundle_load(b"no-such-file", why, len(why)) is None and why.value
    bundle = library.guardvm_bundle_load(sys.argv[2].encode(), why, len(why))
    if not bundle:
        sys.exit(f"example.py: {why.value.decode()}")
    digest = library.guardvm_bundle_digest(bundle).decode()
    records = [open(path, "rb").read() for path in sys.argv[3:]]
    words = ["allow", "deny", "hold", "error"]

    def decide_all(results):
        session = library.guardvm_session_new(bundle)
        for record in records:  # `record` stays alive while its decision is printed.
            outcome = library.guardvm_decide(session, record, len(record), None)
            decision = json.loads(library.guardvm_decision_json(session, 0, None))
            assert decision["decision"] == words[outcome] and decision["bundle"] == digest
            results.append(decision)
        library.guardvm_session_free(session)

    threads, results = [], [[] for _ in range(4)]
    for own in results:
        threads.append(threading.Thread(target=decide_all, args=(own,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert all(len(own) == len(records) and own == results[0] for own in results), "threads disagree"

    session = library.guardvm_session_new(bundle)
    library.guardvm_bundle_free(bundle)  # The session keeps it alive.
    assert library.guardvm_decide(session, b"[]", 2, None) == 3
    strict = Options(strict=1)
    assert library.guardvm_decide(session, b'{"kind":"no_such_kind"}', 23, ctypes.byref(strict)) == 3
    assert json.loads(library.guardvm_decision_json(session, 1, None))["error"]["code"] == "unknown-kind"
    library.guardvm_session_free(session)
    for decision in results[0]:
        print(decision["decision"], decision["kind"], [rule["id"] for rule in decision["rules"]])


if __name__ == "__main__":
    main()
