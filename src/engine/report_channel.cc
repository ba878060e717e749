#include "engine/report_channel.h"

#include <fmt/format.h>

#include <array>
#include <string>

#include "base/strings.h"
#include "sys/socket.h"

namespace cove::engine {
namespace {

constexpr size_t kMaxReport = size_t{16} << 10;
constexpr char kWarning = 'w';
constexpr char kStarted = 's';
constexpr char kFailed = 'f';

// The kind, then texts that end with a NUL each.
void send(int socket, char kind, std::initializer_list<std::string_view> texts) noexcept {
  std::string data(1, kind);
  for (const std::string_view text : texts) {
    data += text.substr(0, kMaxReport / 4);
    data += '\0';
  }
  static_cast<void>(
      sys::send_datagram(socket, {reinterpret_cast<const std::byte*>(data.data()), data.size()}));
}

std::string text_at(std::string_view data, size_t index) {
  const std::vector<std::string_view> texts = split(data, '\0');
  return index < texts.size() ? std::string(texts[index]) : std::string();
}

}  // namespace

void report_warning(int socket, std::string_view text) noexcept {
  send(socket, kWarning, {text});
}

void report_started(int socket) noexcept {
  send(socket, kStarted, {});
}

void report_failure(int socket, const Error& error) noexcept {
  send(socket, kFailed,
       {fmt::format("{}", static_cast<unsigned>(error.code())), fmt::format("{}", error.sys_errno()),
        error.message(), error.hint()});
}

Status await_start(int socket, const std::function<void(std::string_view)>& warn) {
  std::array<std::byte, kMaxReport> buffer;
  while (true) {
    const sys::Datagram received = COVE_TRY(sys::receive_datagram(socket, buffer));
    if (received.size == 0) {
      return Error(ErrorCode::protocol,
                   "the process that starts the container ended without a word, or was killed");
    }
    const std::string_view data(reinterpret_cast<const char*>(buffer.data()), received.size);
    const std::string_view rest = data.substr(1);
    if (data.front() == kStarted) return {};
    if (data.front() == kWarning) {
      warn(text_at(rest, 0));
      continue;
    }
    const auto code = parse_number<uint16_t>(text_at(rest, 0)).value_or(0);
    Error error(
        code <= static_cast<uint16_t>(kLastErrorCode) ? static_cast<ErrorCode>(code) : ErrorCode::internal,
        text_at(rest, 2), parse_number<int>(text_at(rest, 1)).value_or(0));
    error.set_hint(text_at(rest, 3));
    return error;
  }
}

}  // namespace cove::engine
