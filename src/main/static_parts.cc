// Functions of the C library that the static executable has of its own: short ones, and none of what nobody
// here runs. In the library's archive a part brings along whole other ones: one call of printf(3), or of
// gettext(3) by an exception that is never thrown, all of buffered files, wide characters, character sets,
// catalogues of messages and the loader of shared libraries: together more than 200 KB of the program. cove
// itself writes with write(2), and has texts made by {fmt}. Programs that are linked dynamically have the
// library's.
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdlib>

namespace {

// For what is referred to, by functions that are never run. Should one be: better an end than a wrong text.
[[noreturn]] void not_here(const char* function) {
  static_cast<void>(!write(STDERR_FILENO, function, strlen(function)));
  abort();
}

}  // namespace

// NOLINTBEGIN(readability-identifier-naming,readability-inconsistent-declaration-parameter-name): the
// library's own
extern "C" {

[[noreturn]] void __assert_fail(const char* assertion, const char*, unsigned, const char*) noexcept {
  not_here(assertion);
}

// Texts are in English.
char* gettext(const char* text) noexcept {
  return const_cast<char*>(text);  // NOLINT: its type in the library
}

// Of the C++ library's and Boost's error categories.
char* strerror(int error) noexcept {
  const char* text = strerrordesc_np(error);
  return const_cast<char*>(text == nullptr ? "unknown error" : text);  // NOLINT: as above
}
char* strerror_r(int error, char*, size_t) noexcept {
  return strerror(error);
}
char* __strerror_r(int error, char*, size_t) noexcept {
  return strerror(error);
}

// Without the handlers of pthread_atfork(3) and the locks of the buffered files: there are none, and one
// thread.
pid_t fork() noexcept {
  return _Fork();
}

// The streams that malloc_stats(3) and {fmt}'s print and assertions write to.
FILE* stdin = nullptr;
FILE* stdout = nullptr;
FILE* stderr = nullptr;
int fprintf(FILE*, const char* format, ...) {
  not_here(format);
}
int __fprintf_chk(FILE*, int, const char* format, ...) {
  not_here(format);
}
int fputs(const char* text, FILE*) {
  not_here(text);
}
int _IO_fputs(const char* text, FILE*) {
  not_here(text);
}
int fputc(int, FILE*) {
  not_here("fputc");
}
size_t fwrite(const void*, size_t, size_t, FILE*) {
  not_here("fwrite");
}

// {fmt} prints hexadecimal floating-point numbers with these, Boost unknown errors.
int snprintf(char*, size_t, const char* format, ...) noexcept {
  not_here(format);
}
int __snprintf(char*, size_t, const char* format, ...) noexcept {
  not_here(format);
}
int __snprintf_chk(char*, size_t, int, size_t, const char* format, ...) noexcept {
  not_here(format);
}
int __vsnprintf_chk(char*, size_t, int, size_t, const char* format, va_list) noexcept {
  not_here(format);
}

}  // extern "C"
// NOLINTEND(readability-identifier-naming,readability-inconsistent-declaration-parameter-name)
