"""Scripts of this folder as steps of a longer command. Whoever asks the command to stop asks the step that is running."""
import signal
import subprocess
import sys

from data import HERE
from progress import say

ASKING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def python(script, *options):
    """Runs it to its end. It has a session of its own, so that a Ctrl-C reaches it once, by way of us: a run then saves what it has."""
    step, asked = None, []

    def stop(number, _):
        asked.append(number)
        if step:
            step.terminate()

    asking = [number for number in ASKING if signal.getsignal(number) != signal.SIG_IGN]  # `nohup` has a hangup ignored
    before = {number: signal.signal(number, stop) for number in asking}
    try:
        step = subprocess.Popen([sys.executable, str(HERE / script), *map(str, options)], start_new_session=True)
        if asked:
            step.terminate()
        code = step.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if asked:
        say(f"Stopped at {script}; the same command goes on there.")
        raise SystemExit(128 + asked[0])
    if code:
        raise SystemExit(f"{script} ended with exit code {code}; why stands above. The same command goes on there.")
