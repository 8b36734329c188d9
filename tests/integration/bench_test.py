"""`bench` as a user meets it: every figure is measured, stands beside the specification's, and the arithmetic is right.
How fast anything is, no test says."""

import json
import pathlib
import subprocess
import sys
import tempfile


def run(*arguments, expected=0):
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=240)
    assert done.returncode == expected, f"{arguments}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def report_of(shop, *arguments):
    found = json.loads(run(shop, "bench", *arguments, "--json").stdout)
    assert "cores" in found["machine"], found
    assert len(found["reports"]) == 1, found
    return found["reports"][0]


def window(shop):
    rows = {row["name"]: row for row in report_of(shop, "window", "--rate", "1k,200", "--seconds", "1")["rows"]}
    assert set(rows) == {f"{rate}/s, {what}" for rate in (1000, 200)
                         for what in ("row in the read model", "end of the flow")}, rows
    for what in ("row in the read model", "end of the flow"):
        row = rows[f"1000/s, {what}"]
        assert row["p99_ms_specified"] == "580 ms", row
        assert 0 < row["p50_ms"] <= row["p95_ms"] <= row["p99_ms"], row
        assert abs(row["times_lower_at_p99"] - 580 / row["p99_ms"]) < 1e-6 * row["times_lower_at_p99"], row
        # The specification has no figure for this rate, so there is nothing to compare with.
        assert "p99_ms_specified" not in rows[f"200/s, {what}"]
        assert rows[f"200/s, {what}"]["times_lower_at_p99"] is None
    # An order cannot end before it has come in.
    assert rows["1000/s, end of the flow"]["p50_ms"] > rows["1000/s, row in the read model"]["p50_ms"] / 4


def saga(shop):
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "saga.json"
        report = report_of(shop, "saga", "--flows", "1000", "--out", str(file))
        assert json.loads(file.read_text())["reports"][0] == report
    assert [row["name"] for row in report["rows"]] == ["embedded, fsync", "embedded, os"], report
    for row in report["rows"]:
        assert all(row[key] > 0 for key in ("flows_per_second", "p99_ms", "cpu_seconds_per_1000",
                                            "disk_bytes_per_flow", "peak_rss_bytes")), row
    assert any("nats: not measured" in note for note in report["notes"]), report


def codec(shop):
    rows = {row["name"]: row for row in report_of(shop, "codec", "--orders", "5000")["rows"]}
    assert {"FlatBuffers", "JSON (nlohmann)"} <= set(rows), rows
    json_ns = rows["JSON (nlohmann)"]["decode_ns"]
    for row in rows.values():
        assert row["encode_ns"] > 0 and row["bytes"] > 10, row
        ratio = row["times_faster_than_json"]
        assert abs(ratio - json_ns / row["decode_ns"]) < 1e-6 * ratio, row


def wrong_words(shop):
    assert "no rate" in run(shop, "bench", "window", "--rate", "fast", expected=2).stderr
    run(shop, "bench", expected=2)
    assert "cannot be written" in run(shop, "bench", "limits", "--out", "/nowhere/at/all", expected=1).stderr


if __name__ == "__main__":
    window(sys.argv[1])
    saga(sys.argv[1])
    codec(sys.argv[1])
    wrong_words(sys.argv[1])
    print("4 passed, 0 failed")
