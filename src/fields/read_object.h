// Whole documents.
#pragma once

#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/strict_json.h"
#include "fields/ordered_reader.h"
#include "fields/reader.h"
#include "fields/visitor.h"

namespace cove::fields {

// The object of a document, or an error.
inline Result<json::Object*> document_object(json::Value& document) {
  if (auto* object = std::get_if<json::Object>(&document.data)) return object;
  return Error(ErrorCode::invalid_argument,
               std::string("must be an object, not ").append(json::kind_name(document)));
}

// A text that print_object() has made, mostly, into an object with its defaults: for those who read many.
// After an error it has what was read until then.
template <Described T>
Status read_into(std::string_view text, T& object) {
  OrderedReader ordered(text);
  describe(ordered, object);
  if (ordered.succeeded()) return {};
  object = T();
  json::Value document = COVE_TRY(json::parse(text));
  Reader reader(*COVE_TRY(document_object(document)));
  describe(reader, object);
  if (reader.error().has_value()) return *std::move(reader.error());
  return {};
}

template <Described T>
Result<T> read_object(json::Value document) {
  Reader reader(*COVE_TRY(document_object(document)));
  T object{};
  describe(reader, object);
  if (reader.error().has_value()) return *std::move(reader.error());
  return object;
}

template <Described T>
Result<T> read_object(std::string_view text) {
  return read_object<T>(COVE_TRY(json::parse(text)));
}

}  // namespace cove::fields
