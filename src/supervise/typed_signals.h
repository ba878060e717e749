// Ctrl-C and Ctrl-\ on the sandbox's own terminal. Its line discipline sends SIGINT and SIGQUIT to the
// foreground process group, and the kernel drops them for a process 1 that has no handler
// (pid_namespaces(7)); what the user asked for is found here by looking at the keys on their way in, and cove
// carries the default action out. Called by the process that the user started.
#pragma once

#include <cstddef>
#include <string_view>

#include "supervise/relay.h"
#include "supervise/signals.h"

namespace cove::supervise {

class TypedSignals final : public RelayWatch {
 public:
  TypedSignals() = default;  // watches nothing
  // `master`: of the pty; both must outlive it.
  TypedSignals(int master, const SignalForwarder& process) : master_(master), process_(&process) {}

  // Process 1 is looked at before it gets the signal: a handler may be for one shot.
  void before_write(std::string_view waiting) override;
  void after_write(size_t bytes) override;

  // The signal with which the sandbox must be ended now, or 0.
  [[nodiscard]] int ending() const noexcept { return ending_; }

 private:
  struct Key {
    int signal = 0;
    size_t end = 0;  // behind it, in `waiting_`
  };
  [[nodiscard]] bool ends_sandbox(int signal) const;

  int master_ = -1;
  const SignalForwarder* process_ = nullptr;
  std::string_view waiting_;
  Key key_;                     // the first that ends the sandbox, once it is written
  char quoting_character_ = 0;  // VLNEXT, Ctrl-V; 0: none
  bool quoted_ = false;         // it was the last byte written: the next one is no key
  int ending_ = 0;
};

}  // namespace cove::supervise
