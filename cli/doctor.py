"""``qinhe doctor``: what works on this machine."""
