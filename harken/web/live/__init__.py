"""The live process: one stream of events per browser, and the one port people see."""
