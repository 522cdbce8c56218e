"""The two scripts as programs: arguments, exit codes and JSON."""
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

from test_verify_sealog import OTHER, OURS, Made

HERE = os.path.dirname(os.path.abspath(__file__))


class CommandLine(unittest.TestCase):
    def run_on(self, data, *more, script="verify_sealog.py"):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a.sealog")
            with open(path, "wb") as file:
                file.write(data)
            command = [sys.executable, os.path.join(HERE, script), path, "--trust", OURS.vkey, *more]
            return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_the_exit_code_tells_the_verdict(self):
        made = Made()
        broken = made.edited(lambda lines: lines.pop(3))
        for data, code in ((made.bytes(), 0), (broken, 1), (b"text", 2),
                           (Made(keys=(OTHER,)).bytes(), 3)):
            for script in ("verify_sealog.py", "name_changes.py"):
                self.assertEqual(self.run_on(data, script=script).returncode, code)

    def test_the_two_scripts_differ_in_their_breaks_alone(self):
        broken = Made().edited(lambda lines: lines.pop(3))
        report = json.loads(self.run_on(broken, "--json").stdout)
        other = json.loads(self.run_on(broken, "--json", script="name_changes.py").stdout)
        self.assertEqual(report.pop("breaks"), [
            {"kind": "changed", "sealed": [3, 4], "stored": [3, 3]}])
        self.assertEqual(other.pop("breaks"), [
            {"kind": "removed", "position": 3, "count": 1, "found": None, "exact": True}])
        self.assertEqual(report, other)

    def test_three_thousand_lines_take_a_few_seconds(self):
        data = Made(per_segment=1000, per_frame=250).bytes()
        began = time.monotonic()
        report = json.loads(self.run_on(data, "--json").stdout)
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual((report["verdict"], report["entries"]["total"]), ("intact", 3000))


if __name__ == "__main__":
    unittest.main()
