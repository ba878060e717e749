#include "fields/visitor.h"

#include <limits>

namespace cove::fields {
namespace {

template <std::integral T>
Number to_number(std::optional<T> value) {
  Number number{static_cast<int64_t>(std::numeric_limits<T>::min()),
                static_cast<uint64_t>(std::numeric_limits<T>::max()),
                {}};
  if (value.has_value()) number.bits = static_cast<uint64_t>(*value);  // of a negative one: as int64_t
  return number;
}

}  // namespace

void FieldVisitor::field(std::string_view name, bool& value) {
  std::optional<bool> truth;
  if (value) truth = true;
  flag(name, truth, Need::optional);
  value = truth.value_or(false);
}

void FieldVisitor::required(std::string_view name, bool& value) {
  std::optional<bool> truth = value;
  flag(name, truth, Need::required);
  value = truth.value_or(false);
}

void FieldVisitor::field(std::string_view name, StringList& value) {
  const bool even_empty = value.has_value();
  if (!even_empty) value.emplace();
  if (!texts(name, *value, even_empty)) value.reset();
}

template <std::integral T>
void FieldVisitor::field(std::string_view name, std::optional<T>& value) {
  Number form = to_number(value);
  number(name, form, Need::optional);
  if (form.bits.has_value()) value = static_cast<T>(*form.bits);
}

template <std::integral T>
void FieldVisitor::required(std::string_view name, T& value) {
  Number form = to_number(std::optional(value));
  number(name, form, Need::required);
  value = static_cast<T>(form.bits.value_or(0));
}

template <std::integral T>
void FieldVisitor::always(std::string_view name, T& value) {
  Number form = to_number(std::optional(value));
  number(name, form, Need::optional);
  value = static_cast<T>(form.bits.value_or(0));
}

template void FieldVisitor::field(std::string_view, std::optional<uint16_t>&);
template void FieldVisitor::field(std::string_view, std::optional<uint32_t>&);
template void FieldVisitor::field(std::string_view, std::optional<uint64_t>&);
template void FieldVisitor::field(std::string_view, std::optional<int32_t>&);
template void FieldVisitor::field(std::string_view, std::optional<int64_t>&);
template void FieldVisitor::required(std::string_view, uint32_t&);
template void FieldVisitor::required(std::string_view, uint64_t&);
template void FieldVisitor::required(std::string_view, int64_t&);
template void FieldVisitor::always(std::string_view, uint32_t&);
template void FieldVisitor::always(std::string_view, uint64_t&);
template void FieldVisitor::always(std::string_view, int64_t&);

}  // namespace cove::fields
