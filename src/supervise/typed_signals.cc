#include "supervise/typed_signals.h"

#include <termios.h>

#include <csignal>

#include "sys/tty.h"

namespace cove::supervise {

bool TypedSignals::ends_sandbox(int signal) const {
  const auto foreground = sys::foreground_process_group(master_);
  return foreground.ok() && process_->in_group(*foreground) && process_->needs_default_action(signal);
}

void TypedSignals::before_write(std::string_view waiting) {
  waiting_ = waiting;
  key_ = {};
  const auto attributes = sys::get_terminal_attributes(master_);
  if (!attributes.ok()) return;
  // A character that is 0 is _POSIX_VDISABLE.
  const auto character = [&](tcflag_t needed, int which) {
    const bool acts = (attributes->c_lflag & needed) == needed;
    return acts ? static_cast<char>(attributes->c_cc[which]) : '\0';
  };
  quoting_character_ = character(ICANON | IEXTEN, VLNEXT);
  char interrupt = character(ISIG, VINTR);
  char quit = character(ISIG, VQUIT);
  bool quoted = quoted_;
  for (size_t index = 0; index < waiting.size(); ++index) {
    const char byte = waiting[index];
    if (byte == 0 || quoted) {
      quoted = false;
    } else if (byte == interrupt || byte == quit) {
      const int signal = byte == interrupt ? SIGINT : SIGQUIT;
      if (ends_sandbox(signal)) {
        key_ = {signal, index + 1};
        return;
      }
      (signal == SIGINT ? interrupt : quit) = 0;  // once is enough for all of these bytes
    } else {
      quoted = byte == quoting_character_;
    }
  }
}

void TypedSignals::after_write(size_t bytes) {
  for (const char byte : waiting_.substr(0, bytes)) {
    quoted_ = !quoted_ && byte != 0 && byte == quoting_character_;
  }
  if (key_.signal != 0 && bytes >= key_.end) ending_ = key_.signal;
  waiting_ = {};
}

}  // namespace cove::supervise
