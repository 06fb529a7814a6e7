"""The guard's arithmetic: pure, with numpy; no page, no database, no clock and no chance but the written one."""
