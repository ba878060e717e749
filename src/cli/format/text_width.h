// How many columns of a terminal a text takes. Pure; does not depend on the locale.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cove::cli::format {

// East Asian characters and most emoji count twice, combining marks not at all, an ill-formed byte once.
[[nodiscard]] size_t text_columns(std::string_view text) noexcept;

// The text, or as much of it as fits `columns` together with a "…" at its end. No columns: nothing.
[[nodiscard]] std::string ellipsis(std::string_view text, size_t columns);

}  // namespace cove::cli::format
