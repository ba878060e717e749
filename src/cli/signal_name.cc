#include "cli/signal_name.h"

#include <fmt/format.h>
#include <signal.h>
#include <string.h>

#include <string>

#include "base/strings.h"

namespace cove::cli {

Result<int> parse_signal(std::string_view text) {
  if (const auto number = parse_number<int>(text); number && *number >= 0 && *number < NSIG) return *number;
  std::string name(text);
  for (char& c : name) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  if (name.starts_with("SIG")) name.erase(0, 3);
  for (int signal = 1; signal < NSIG; ++signal) {
    const char* known = ::sigabbrev_np(signal);
    if (known != nullptr && name == known) return signal;
  }
  if (name == "RTMIN") return SIGRTMIN;
  if (name == "RTMAX") return SIGRTMAX;
  if (name.starts_with("RTMIN+")) {
    const auto offset = parse_number<int>(std::string_view(name).substr(6));
    if (offset && *offset <= SIGRTMAX - SIGRTMIN) return SIGRTMIN + *offset;
  }
  Error error(ErrorCode::invalid_argument, fmt::format("unknown signal {}", quote(text)));
  error.set_hint("give a number from 1 to 64 or a name of signal(7), as TERM");
  return error;
}

}  // namespace cove::cli
