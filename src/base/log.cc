#include "base/log.h"

#include <unistd.h>

#include <string>

namespace cove {
namespace {

void write_line(std::string_view prefix, std::string_view text) noexcept {
  std::string line(prefix);
  line += text;
  line += '\n';
  const char* data = line.data();
  size_t left = line.size();
  while (left > 0) {
    const ssize_t written = ::write(STDERR_FILENO, data, left);
    if (written <= 0) return;  // nowhere left to complain to
    data += written;
    left -= static_cast<size_t>(written);
  }
}

}  // namespace

void log_line(std::string_view text) noexcept {
  write_line("cove: ", text);
}

void log_warning(std::string_view text) noexcept {
  write_line("cove: warning: ", text);
}

void log_error(const Error& error) noexcept {
  write_line("cove: ", error.headline());
  const std::string hint = error.hint();
  if (!hint.empty()) write_line("cove: hint: ", hint);
}

}  // namespace cove
