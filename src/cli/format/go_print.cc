#include "cli/format/go_print.h"

#include <fmt/format.h>

#include <type_traits>

#include "base/utf8.h"
#include "cli/format/go_number.h"

namespace cove::cli::format {
namespace {

void append_value(std::string& out, const Value& value, bool names);

void append_array(std::string& out, const Array& array, bool names) {
  out += '[';
  for (size_t i = 0; i < array.size(); ++i) {
    if (i != 0) out += ' ';
    append_value(out, array[i], names);
  }
  out += ']';
}

void append_map(std::string& out, const Object& object, bool names) {
  out += "map[";
  bool first = true;
  for (const Member* member : members_by_key(object)) {
    if (!first) out += ' ';
    first = false;
    out += member->key;
    out += ':';
    append_value(out, member->value, names);
  }
  out += ']';
}

void append_record(std::string& out, const Object& object, bool names) {
  out += '{';
  bool first = true;
  for (const Member& member : object.members) {
    if (!first) out += ' ';
    first = false;
    if (names) out += member.key + ":";
    append_value(out, member.value, names);
  }
  out += '}';
}

void append_value(std::string& out, const Value& value, bool names) {
  std::visit(
      [&out, names](const auto& data) {
        using Data = std::decay_t<decltype(data)>;
        if constexpr (std::is_same_v<Data, std::nullptr_t>) {
          out += "<nil>";
        } else if constexpr (std::is_same_v<Data, double>) {
          out += print_float(data, 'g', std::nullopt);
        } else if constexpr (std::is_same_v<Data, Array>) {
          append_array(out, data, names);
        } else if constexpr (std::is_same_v<Data, Object>) {
          if (data.kind == ObjectKind::record) {
            append_record(out, data, names);
          } else {
            append_map(out, data, names);
          }
        } else {
          out += fmt::format("{}", data);
        }
      },
      value.data());
}

std::string_view short_escape(char32_t code) noexcept {
  switch (code) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\a':
      return "\\a";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '\v':
      return "\\v";
    default:
      return {};
  }
}

}  // namespace

std::string print_go(const Value& value, bool names) {
  std::string out;
  append_value(out, value, names);
  return out;
}

std::string sprint(Arguments arguments) {
  std::string out;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (i != 0 && arguments[i]->string() == nullptr && arguments[i - 1]->string() == nullptr) out += ' ';
    append_value(out, *arguments[i], false);
  }
  return out;
}

std::string sprintln(Arguments arguments) {
  std::string out;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (i != 0) out += ' ';
    append_value(out, *arguments[i], false);
  }
  return out + '\n';
}

std::string quote_go(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const Utf8Piece piece = next_utf8(text);
    const std::string_view escaped = piece.valid ? short_escape(piece.code) : std::string_view{};
    if (!piece.valid) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
      text.remove_prefix(1);
      continue;
    }
    if (!escaped.empty()) {
      out += escaped;
    } else if (piece.code < 0x20 || piece.code == 0x7f) {
      out += fmt::format("\\x{:02x}", static_cast<uint32_t>(piece.code));
    } else if (is_c1_control(piece)) {
      out += fmt::format("\\u{:04x}", static_cast<uint32_t>(piece.code));
    } else {
      out += text.substr(0, piece.size);
    }
    text.remove_prefix(piece.size);
  }
  return out + '"';
}

}  // namespace cove::cli::format
