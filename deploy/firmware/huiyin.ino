// The reference board of Huiyin: a box of keys on a serial line, format `line`.
// For an Arduino-class board (Uno, Nano, Leonardo). Knows keys and lamps, and nothing of levels.
#include <Arduino.h>
#include <avr/wdt.h>

#ifndef KEYS
#define KEYS 3  // 3 or 5
#endif
#if KEYS == 5
#define BOARD "HY5"
#else
#define BOARD "HY3"
#endif
#define VERSION "1"

const uint32_t BAUD = 9600;
const uint32_t SETTLE_MS = 10;    // a contact must rest so long before it is believed
const uint32_t BEAT_MS = 2000;    // at least every 5 s is asked for
const uint32_t BEEP_MS = 120;
const uint32_t BLINK_MS = 500;
const byte LINE_MAX = 64;              // bytes of one line with its $ and \n
const byte KEY_PIN[5] = {2, 3, 4, 5, 6};       // to ground when pressed
const byte LAMP_PIN[5] = {8, 9, 10, 11, 12};   // high lights
const byte BUZZER_PIN = 7;

bool down[KEYS];                 // as told
bool reading[KEYS];              // as last seen
uint32_t changed[KEYS];     // when last seen to change
uint32_t beatAt, beepUntil, blinkAt;
uint32_t uptime, secondAt;  // seconds, without the wrap of millis()
uint16_t counter;
byte lamps;
bool blinking;
char heard[LINE_MAX];
byte heardLength;

uint16_t crc16(const char *text, byte length) {  // CRC-16/MODBUS
  uint16_t crc = 0xFFFF;
  for (byte i = 0; i < length; i++) {
    crc ^= (byte)text[i];
    for (byte bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1;
  }
  return crc;
}

void tell(const char *body) {
  char line[LINE_MAX + 1];
  snprintf(line, sizeof line, "$%s*%04X\r\n", body, (unsigned)crc16(body, strlen(body)));
  Serial.print(line);
}

void tellKey(byte key, bool isDown) {
  char body[24];
  counter++;
  snprintf(body, sizeof body, "K,%u,%u,%c", (unsigned)counter, key + 1, isDown ? 'D' : 'U');
  tell(body);
}

void beat(uint32_t now) {
  char body[40];
  snprintf(body, sizeof body, "H,%lu,%s,%s", (unsigned long)uptime, BOARD, VERSION);
  tell(body);
  beatAt = now;
}

void light(byte mask) {
  lamps = mask;
  for (byte i = 0; i < KEYS; i++) digitalWrite(LAMP_PIN[i], mask >> i & 1);
}

void beep(uint32_t now) {
  digitalWrite(BUZZER_PIN, HIGH);
  beepUntil = now + BEEP_MS;
}

// The same lamps and the same sound whatever key was pressed: nobody beside it learns the answer.
void obey(const char *body, uint32_t now) {
  const byte all = (1 << KEYS) - 1;
  if (strncmp(body, "L,", 2) == 0) {
    blinking = false;
    light(atoi(body + 2) & all);
    return;
  }
  if (strncmp(body, "S,", 2) != 0) return;
  const char *word = body + 2;
  blinking = strcmp(word, "fault") == 0;
  light(strcmp(word, "invite") == 0 || blinking ? all : 0);
  if (strcmp(word, "invite") == 0 || strcmp(word, "thanks") == 0) beep(now);
}

void hear(char c, uint32_t now) {
  if (c == '$') heardLength = 0;
  if (heardLength == 0 && c != '$') return;
  if (heardLength == LINE_MAX) { heardLength = 0; return; }
  heard[heardLength++] = c;
  if (c != '\n') return;
  byte length = heardLength;
  heardLength = 0;
  if (length < 9 || heard[length - 2] != '\r' || heard[length - 7] != '*') return;
  char check[5];
  snprintf(check, sizeof check, "%04X", (unsigned)crc16(heard + 1, length - 8));
  if (memcmp(check, heard + length - 6, 4) != 0) return;
  heard[length - 7] = 0;
  obey(heard + 1, now);
}

void setup() {
  wdt_disable();
  Serial.begin(BAUD);
  for (byte i = 0; i < KEYS; i++) {
    pinMode(KEY_PIN[i], INPUT_PULLUP);
    pinMode(LAMP_PIN[i], OUTPUT);
  }
  pinMode(BUZZER_PIN, OUTPUT);
  light(0);
  secondAt = millis();
  beat(secondAt);  // at once, so that a kiosk need not wait for it
  wdt_enable(WDTO_2S);
}

void loop() {
  uint32_t now = millis();
  wdt_reset();
  while (now - secondAt >= 1000) { secondAt += 1000; uptime++; }
  for (byte i = 0; i < KEYS; i++) {
    bool pressed = digitalRead(KEY_PIN[i]) == LOW;
    if (pressed != reading[i]) { reading[i] = pressed; changed[i] = now; }
    if (pressed != down[i] && now - changed[i] >= SETTLE_MS) {
      down[i] = pressed;
      tellKey(i, pressed);
    }
  }
  while (Serial.available() > 0) hear(Serial.read(), now);
  if (now - beatAt >= BEAT_MS) beat(now);
  if (beepUntil && (int32_t)(now - beepUntil) >= 0) { digitalWrite(BUZZER_PIN, LOW); beepUntil = 0; }
  if (blinking && now - blinkAt >= BLINK_MS) { blinkAt = now; light(lamps ? 0 : (1 << KEYS) - 1); }
}
