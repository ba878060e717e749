// What systemd is told of a container's unit, as D-Bus properties "(sv)". Pure.
// Sources: systemd.resource-control(5), org.freedesktop.systemd1(5); which ones is what runc's systemd driver
// tells.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/cgroup/resources.h"
#include "kernel/dbus/value.h"

namespace cove::systemd {

// The limits, so that systemd does not undo them when it writes its own. `v2`: the layout is pure v2.
std::vector<dbus::Value> resource_properties(const cgroup::Resources& resources, bool v2);

// v1 only, where systemd writes devices.allow of every unit it knows whenever it is reloaded: DevicePolicy
// and DeviceAllow. `proc_devices` is the text of /proc/devices. Rules that systemd has no words for ("c *:5
// r", or a major number without a driver) are left out. On v2 what we attach stays ours, and nothing is told.
Result<std::vector<dbus::Value>> device_properties(const cgroup::Resources& resources,
                                                   std::string_view proc_devices);

// For a container's annotation "org.systemd.property.NAME": the property, from its value in GVariant's text
// form: true, 5, 0.5, 'text', uint64 5, ['a', 'b'], @as []. Names ending in "Sec" become "…USec", as systemd
// has them. Error invalid_argument names the annotation.
Result<dbus::Value> annotation_property(std::string_view annotation, std::string_view text);
inline constexpr std::string_view kAnnotationPrefix = "org.systemd.property.";

}  // namespace cove::systemd
