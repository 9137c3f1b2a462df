// Runs the firmware on the host: a script on standard input moves time, pins and the line.
//   <ms> wait     <pin> low|high     say <hex>     start <ms>: where millis() begins
// Lamps and buzzer are told on standard error: <ms> <pin> <level>.
#include "Arduino.h"
#include <avr/wdt.h>
#include "huiyin.ino"

#include <iostream>
#include <sstream>

Line Serial;
static uint32_t clock_ms = 0;
static uint32_t fed_ms = 0;
static bool armed = false;
static int pins[32];
static int modes[32];

unsigned long millis() { return clock_ms; }
int digitalRead(byte pin) { return pins[pin]; }
void digitalWrite(byte pin, int level) {
  if (modes[pin] != OUTPUT) abort();
  if (pins[pin] != level) fprintf(stderr, "%u %d %d\n", clock_ms, pin, level);
  pins[pin] = level;
}
void pinMode(byte pin, int mode) {
  modes[pin] = mode;
  pins[pin] = mode == INPUT_PULLUP ? HIGH : LOW;
}
void wdt_disable() { armed = false; }
void wdt_enable(int) { armed = true; fed_ms = clock_ms; }
void wdt_reset() { fed_ms = clock_ms; }

int main() {
  std::string text, first, second;
  bool running = false;
  while (std::getline(std::cin, text)) {
    std::istringstream words(text);
    words >> first >> second;
    if (first == "start") { clock_ms = (uint32_t)std::stoul(second); continue; }
    if (!running) { setup(); running = true; }
    if (first == "say") {
      for (size_t i = 0; i + 1 < second.size(); i += 2)
        Serial.incoming += (char)std::stoi(second.substr(i, 2), nullptr, 16);
    } else if (second == "wait") {
      for (long left = std::stol(first); left > 0; left--) {
        clock_ms++;
        loop();
        if (armed && clock_ms - fed_ms > 2000) abort();
      }
    } else {
      pins[std::stoi(first)] = second == "high";
    }
  }
  return 0;
}
