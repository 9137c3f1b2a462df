// A stand-in for the watchdog: board.cpp aborts if it is armed and not fed for two seconds.
#pragma once
enum { WDTO_2S };
void wdt_disable();
void wdt_enable(int limit);
void wdt_reset();
