#include "engine/report_pipe.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "sys/file.h"

namespace cove::engine {

Result<ReportPipe> ReportPipe::create() {
  sys::PipePair pipe = COVE_TRY(sys::make_pipe());
  return ReportPipe(std::move(pipe.read_end), std::move(pipe.write_end));
}

// "0\n", or "CODE ERRNO\n", the hint's length and a line feed, the hint, the message.
void ReportPipe::send(int fd, const Status& status) noexcept {
  std::string text = "0\n";
  if (!status) {
    const Error& error = status.error();
    const std::string hint = error.hint();
    text = fmt::format("{}\n{}\n{}\n{}{}", static_cast<unsigned>(error.code()) + 1, error.sys_errno(),
                       hint.size(), hint, error.message());
  }
  static_cast<void>(sys::write_all(fd, text, "report"));
}

Status ReportPipe::receive() const {
  const std::string text = COVE_TRY(sys::read_all(read_end_.get(), "the helper's report"));
  std::string_view rest = text;
  const auto number = [&]() -> std::optional<unsigned> {
    const auto line = next_line(rest);
    return line ? parse_number<unsigned>(*line) : std::nullopt;
  };
  const auto code = number();
  if (code == 0U) return {};
  const auto sys_errno = number();
  const auto hint_length = number();
  const bool sound = code && *code - 1 <= static_cast<unsigned>(kLastErrorCode) && sys_errno && hint_length &&
                     *hint_length <= rest.size();
  if (!sound) return Error(ErrorCode::system, "the helper process died");
  Error error(static_cast<ErrorCode>(*code - 1), std::string(rest.substr(*hint_length)),
              static_cast<int>(*sys_errno));
  error.set_hint(std::string(rest.substr(0, *hint_length)));
  return error;
}

}  // namespace cove::engine
