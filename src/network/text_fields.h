// Fields of documents that are text of a form of their own. Not for other modules.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "fields/visitor.h"

namespace cove::network {

inline constexpr size_t kIdLength = 64;

// `print` gives the empty text for a value that is left out; `parse` takes what is not empty.
template <typename T, typename Print, typename Parse>
void text_field(fields::FieldVisitor& v, std::string_view name, T& value, Print print, Parse parse) {
  std::string text = print(value);
  v.field(name, text);
  if (text.empty()) {
    value = {};
    return;
  }
  auto parsed = parse(text);
  if (!parsed) return v.refuse(name, parsed.error().message());
  value = *std::move(parsed);
}

}  // namespace cove::network
