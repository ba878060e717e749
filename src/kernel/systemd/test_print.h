// For tests: values as text, in GVariant's manner.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "kernel/dbus/value.h"

namespace cove::systemd {

inline std::string print(const dbus::Value& value);

inline std::string print_all(const std::vector<dbus::Value>& values) {
  std::string text;
  for (const dbus::Value& value : values) text += (text.empty() ? "" : ", ") + print(value);
  return text;
}

inline std::string print(const dbus::Value& value) {
  return std::visit(
      [&](const auto& content) -> std::string {
        using T = std::decay_t<decltype(content)>;
        if constexpr (std::is_same_v<T, dbus::Array>) {
          return fmt::format("{}[{}]", dbus::signature_of(value), print_all(content.items));
        } else if constexpr (std::is_same_v<T, dbus::Struct>) {
          return "(" + print_all(content.fields) + ")";
        } else if constexpr (std::is_same_v<T, dbus::Variant>) {
          return print_all(content.content);
        } else if constexpr (std::is_same_v<T, dbus::ObjectPath>) {
          return content.path;
        } else if constexpr (std::is_same_v<T, dbus::Signature>) {
          return content.text;
        } else if constexpr (std::is_same_v<T, std::string>) {
          return "'" + content + "'";
        } else {
          return fmt::format("{}:{}", dbus::signature_of(value), content);
        }
      },
      value.data);
}

// "NAME=VALUE" for each property.
inline std::vector<std::string> print_properties(const std::vector<dbus::Value>& properties) {
  std::vector<std::string> texts;
  for (const dbus::Value& property : properties) {
    const auto& fields = std::get<dbus::Struct>(property.data).fields;
    texts.push_back(std::get<std::string>(fields.at(0).data) + "=" + print(fields.at(1)));
  }
  return texts;
}

}  // namespace cove::systemd
