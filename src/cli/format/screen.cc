#include "cli/format/screen.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "sys/tty.h"

namespace cove::cli::format {
namespace {

bool wants_colours(bool terminal, ColourChoice choice, std::optional<std::string_view> no_color,
                   std::optional<std::string_view> term) noexcept {
  if (choice != ColourChoice::automatic) return choice == ColourChoice::always;
  if (no_color && !no_color->empty()) return false;
  return terminal && term && !term->empty() && *term != "dumb";
}

std::string_view style_code(Style style) noexcept {
  switch (style) {
    case Style::green:
      return "32";
    case Style::yellow:
      return "33";
    case Style::red:
      return "31";
    case Style::dim:
      return "2";
    case Style::plain:
      break;
  }
  return {};
}

}  // namespace

Result<ColourChoice> parse_colour_choice(std::string_view text) {
  if (text == "auto") return ColourChoice::automatic;
  if (text == "always") return ColourChoice::always;
  if (text == "never") return ColourChoice::never;
  Error error(ErrorCode::invalid_argument, fmt::format("{} is no choice of colours", quote(text)));
  error.set_hint("choose auto, always or never");
  return error;
}

Screen find_screen(int fd, ColourChoice choice, std::optional<std::string_view> no_color,
                   std::optional<std::string_view> term) {
  Screen screen{.terminal = sys::is_terminal(fd)};
  screen.colours = wants_colours(screen.terminal, choice, no_color, term);
  if (!screen.terminal) return screen;
  const auto size = sys::get_window_size(fd);
  if (size.ok()) screen.columns = size->ws_col;
  return screen;
}

Style status_style(std::string_view status) noexcept {
  if (status.find("unhealthy") != std::string_view::npos || status == "Dead" || status == "dead")
    return Style::red;
  if (status.find("(Paused)") != std::string_view::npos || status == "paused") return Style::yellow;
  if (status.starts_with("Restarting") || status == "restarting") return Style::yellow;
  if (status.starts_with("Up") || status == "running") return Style::green;
  if (status.empty()) return Style::plain;
  return Style::dim;
}

std::string styled(std::string_view text, Style style) {
  if (style == Style::plain || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", style_code(style), text);
}

}  // namespace cove::cli::format
