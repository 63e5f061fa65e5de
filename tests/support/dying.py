"""A process that dies as llama.cpp does over an instruction that its processor refuses."""

import os
import signal

if __name__ == "__main__":
    os.kill(os.getpid(), signal.SIGSEGV)
