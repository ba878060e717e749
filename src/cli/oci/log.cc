#include "cli/oci/log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/json_writer.h"
#include "base/time_text.h"
#include "sys/clock.h"
#include "sys/file.h"

namespace cove::cli::oci {
namespace {

std::string_view level_name(Log::Level level) noexcept {
  switch (level) {
    case Log::Level::debug:
      return "debug";
    case Log::Level::warning:
      return "warning";
    case Log::Level::error:
      return "error";
  }
  return "error";
}

// To the second, as runc's.
std::string now() {
  constexpr int64_t kSecond = 1'000'000'000;
  return std::string(short_time_text(sys::real_time_nanoseconds() / kSecond * kSecond).view());
}

// A Go string literal, near enough: what is quoted there is what JSON quotes.
std::string quoted(std::string_view text) {
  JsonWriter json(JsonWriter::Layout::compact);
  return json.value(text).text();
}

// Engines look for the kernel's own words ("no such file or directory") to tell a missing program from
// others.
std::string with_errno(const Error& error) {
  std::string message = error.headline();
  if (error.sys_errno() == 0) return message;
  std::string words = errno_text(error.sys_errno());
  if (message.find(words) != std::string::npos) return message;
  if (!words.empty() && words.front() >= 'A' && words.front() <= 'Z')
    words.front() = static_cast<char>(words.front() - 'A' + 'a');
  return message + ": " + words;
}

}  // namespace

Status Log::open(const std::string& path) {
  if (path.empty()) return {};
  file_ = COVE_TRY(sys::open_path(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644).context("log"));
  return {};
}

void Log::write(Level level, std::string_view message) const noexcept {
  if (level == Level::debug && !debug_) return;
  std::string line;
  if (format_ == Format::json) {
    JsonWriter json(JsonWriter::Layout::compact);
    json.begin_object().member("level", level_name(level)).member("msg", message).member("time", now());
    line = json.end_object().text() + "\n";
  } else {
    line = fmt::format("time={} level={} msg={}\n", quoted(now()), level_name(level), quoted(message));
  }
  // If that fails there is nowhere left to say so.
  static_cast<void>(sys::write_all(file_.valid() ? file_.get() : STDERR_FILENO, line, "log"));
}

void Log::fatal(const Error& error) const noexcept {
  std::string message = with_errno(error);
  if (const std::string hint = error.hint(); !hint.empty()) message += "; hint: " + hint;
  write(Level::error, message);
  if (file_.valid()) static_cast<void>(sys::write_all(STDERR_FILENO, message + "\n", "standard error"));
}

}  // namespace cove::cli::oci
