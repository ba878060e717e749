// Functions of the C library that the static executable has of its own. The library's bring along parts that
// cove never runs: together 110 KB of the program. They are called by the library itself only.
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

// What scanf(3) is wanted for: tzset(3) reads the rules in TZ and at the end of time zone files with it, by
// the formats "%hu%n:%hu%n:%hu%n" and "M%hu.%hu.%hu%n". The library's has the conversions of four
// floating-point types.
extern "C" int __isoc99_sscanf(const char* text, const char* format, ...) {
  const char* const begin = text;
  va_list arguments;
  va_start(arguments, format);
  int found = 0;
  for (; *format != '\0'; ++format) {
    if (strncmp(format, "%n", 2) == 0) {
      *va_arg(arguments, int*) = static_cast<int>(text - begin);
      ++format;
    } else if (strncmp(format, "%hu", 3) == 0) {
      if (*text < '0' || *text > '9') break;
      unsigned number = 0;
      for (; *text >= '0' && *text <= '9'; ++text) number = number * 10 + static_cast<unsigned>(*text - '0');
      *va_arg(arguments, unsigned short*) = static_cast<unsigned short>(number);
      ++found;
      format += 2;
    } else if (*format == '%') {
      abort();  // a format that this one does not know
    } else if (*text++ != *format) {
      break;
    }
  }
  va_end(arguments);
  return found;
}

// Without the wide character output that the library's has for its message.
extern "C" [[noreturn]] void __assert_fail(const char* assertion, const char*, unsigned,
                                           const char*) noexcept {
  static_cast<void>(!write(STDERR_FILENO, assertion, strlen(assertion)));
  abort();
}
