"""The models of this machine: what is known and here, how each would run, and trying one."""
