// What another process says over a D-Bus socket, and the texts around it: messages, addresses, annotations.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "kernel/dbus/address.h"
#include "kernel/dbus/message.h"
#include "kernel/systemd/names.h"
#include "kernel/systemd/properties.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void read_message(std::string_view bytes) {
  const auto length = cove::dbus::message_length(bytes);
  const auto message = cove::dbus::parse_message(bytes);
  if (!message) return;
  require(length.ok() && *length == bytes.size());
  auto body = cove::dbus::read_body(*message);
  if (!body) return;
  // What was understood can be sent again, and says the same.
  const auto again = cove::dbus::marshal(*message, *body);
  if (!again) return;  // an object path from the header may be one that we would not send
  const auto parsed = cove::dbus::parse_message(*again);
  require(parsed.ok());
  require(parsed->signature == message->signature && parsed->member == message->member);
  const auto same = cove::dbus::read_body(*parsed);
  require(same.ok());
  // Bit by bit: a NaN is not equal to itself.
  const auto third = cove::dbus::marshal(*parsed, *same);
  require(third.ok() && *third == *again);
}

// What a configuration says: an annotation's value, a slice with a unit, /proc/devices.
void read_texts(std::string_view text) {
  if (const auto names = cove::dbus::parse_addresses(text)) {
    for (const auto& name : *names) require(!name.path.empty() && name.path.find('\0') == std::string::npos);
  }
  if (auto property = cove::systemd::annotation_property("org.systemd.property.TimeoutStopSec", text)) {
    require(cove::dbus::signature_of(*property) == "(sv)");
  }
  if (auto property = cove::systemd::annotation_property("org.systemd.property.Name", text)) {
    require(cove::dbus::marshal({.serial = 1}, {*property}).ok());
  }
  if (const auto name = cove::systemd::parse_unit_name(text, "id", "cove", false)) {
    require(name->unit.find('/') == std::string::npos && name->unit.ends_with(".scope"));
    const auto path = cove::systemd::expand_slice(name->slice);
    require(path.ok() && (path->empty() || path->front() == '/'));
  }
  cove::cgroup::Resources resources;
  resources.devices = {{true, cove::cgroup::DeviceType::block, 8, {}}};
  require(cove::systemd::device_properties(resources, text).ok());
  resources.unified = {{"cpu.max", std::string(text)}, {"cpuset.cpus", std::string(text)}};
  static_cast<void>(cove::systemd::resource_properties(resources, true));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read_message(text);
  read_texts(text);
  return 0;
}
