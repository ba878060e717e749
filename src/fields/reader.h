// The FieldVisitor that fills an object from JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "fields/visitor.h"

namespace cove::fields {

// Keeps the first error and reads nothing more after it.
class Reader final : public FieldVisitor {
 public:
  // `object` must outlive the reader, which moves the strings out of it.
  explicit Reader(json::Object& object) { enter_frame({}, 0, object); }

  [[nodiscard]] std::optional<Error>& error() noexcept { return error_; }

  void raw(std::string_view name, std::optional<json::Value>& value) override;
  void refuse(std::string_view name, std::string_view why) override;

 protected:
  void flag(std::string_view name, std::optional<bool>& value, Need need) override;
  void text(std::string_view name, std::string& value, Need need) override;
  void number(std::string_view name, Number& value, Need need) override;
  bool texts(std::string_view name, std::vector<std::string>& value, bool even_empty) override;
  void numbers(std::string_view name, std::vector<uint32_t>& value) override;
  void text_map(std::string_view name, StringMap& value) override;
  bool enter_object(std::string_view name, Presence presence) override;
  size_t enter_array(std::string_view name, size_t size) override;
  size_t enter_map(std::string_view name, size_t size) override;
  bool enter_element(size_t index) override;
  bool enter_member(size_t index, std::string& key) override;
  void leave() override { frames_.pop_back(); }

 private:
  // What is being read, and what it is called within the frame before: by name, or by index if there is none.
  struct Frame {
    std::string_view name;
    size_t index;
    json::Object* object;  // or
    json::Array* array;
    size_t next;    // of the object's members: where the search for a name begins
    uint64_t keys;  // bits of the object's keys: most that it may have are not there
  };

  json::Value* find(std::string_view name, Need need = Need::optional);
  template <typename T>
  T* find_kind(std::string_view name, std::string_view kind);
  void enter_frame(std::string_view name, size_t index, json::Object& object);
  bool enter(json::Value& value, std::string_view name, size_t index);
  void wrong_kind(std::string_view name, std::string_view wanted, const json::Value& value);
  [[nodiscard]] std::string path(std::string_view name) const;

  std::vector<Frame> frames_;
  std::optional<Error> error_;
};

}  // namespace cove::fields
