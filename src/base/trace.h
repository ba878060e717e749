// Lines that tell what is being done, for whoever asked for them (--debug). Nothing is formatted, and nothing
// but a branch paid, where nobody listens. May be called by any process before it execs.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <string_view>
#include <utility>

namespace cove {

class Trace {
 public:
  using Listener = std::function<void(std::string_view line)>;

  Trace() = default;  // nobody listens
  explicit Trace(Listener listener) : listener_(std::move(listener)) {}

  [[nodiscard]] bool on() const noexcept { return static_cast<bool>(listener_); }

  template <typename... Arguments>
  void operator()(fmt::format_string<Arguments...> text, Arguments&&... arguments) const {
    if (on()) listener_(fmt::format(text, std::forward<Arguments>(arguments)...));
  }

 private:
  Listener listener_;
};

}  // namespace cove
