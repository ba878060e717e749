// Diagnostics to standard error. Written with one write(2) each, so lines of several processes do not mix.
// May be called from any process before it execs.
#pragma once

#include <string_view>

#include "base/error.h"

namespace cove {

// "cove: <text>\n"
void log_line(std::string_view text) noexcept;
// "cove: warning: <text>\n"
void log_warning(std::string_view text) noexcept;
// "cove: <headline>\n" and, if there is a hint, "cove: hint: <hint>\n"
void log_error(const Error& error) noexcept;

}  // namespace cove
