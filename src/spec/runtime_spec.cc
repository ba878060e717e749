#include "spec/runtime_spec.h"

#include "fields/read_object.h"
#include "fields/writer.h"
#include "spec/fields.h"

namespace cove::spec {

Result<Spec> parse_spec(std::string_view text) {
  return fields::read_object<Spec>(text);
}
Result<Spec> parse_spec(json::Value document) {
  return fields::read_object<Spec>(std::move(document));
}

Result<Process> parse_process(std::string_view text) {
  return fields::read_object<Process>(text);
}
Result<Process> parse_process(json::Value document) {
  return fields::read_object<Process>(std::move(document));
}

Result<Resources> parse_resources(std::string_view text) {
  return fields::read_object<Resources>(text);
}
Result<Resources> parse_resources(json::Value document) {
  return fields::read_object<Resources>(std::move(document));
}

std::string print_spec(const Spec& spec) {
  return fields::print_object(spec, JsonWriter::Layout::indented);
}
std::string print_compact_spec(const Spec& spec) {
  return fields::print_object(spec, JsonWriter::Layout::compact);
}
std::string print_process(const Process& process) {
  return fields::print_object(process, JsonWriter::Layout::indented);
}
std::string print_resources(const Resources& resources) {
  return fields::print_object(resources, JsonWriter::Layout::indented);
}

}  // namespace cove::spec
