// A stand-in for the board's header, so that the firmware compiles and runs on the host.
// Pins and time are moved by board.cpp; what the firmware prints goes to standard output.
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

typedef uint8_t byte;
enum { LOW, HIGH };
enum { INPUT, OUTPUT, INPUT_PULLUP };

struct Line {
  std::string incoming;
  void begin(unsigned long) {}
  void print(const char *text) { fputs(text, stdout); }
  int available() { return (int)incoming.size(); }
  int read() {
    char first = incoming[0];
    incoming.erase(0, 1);
    return (unsigned char)first;
  }
};

extern Line Serial;
unsigned long millis();
int digitalRead(byte pin);
void digitalWrite(byte pin, int level);
void pinMode(byte pin, int mode);
