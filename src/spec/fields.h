// The properties of each object of the specification: see fields/visitor.h. Internal to this module.
#pragma once

#include "fields/visitor.h"
#include "spec/features.h"
#include "spec/runtime_spec.h"
#include "spec/state.h"

namespace cove::spec {

using fields::FieldVisitor;

void describe(FieldVisitor& v, ConsoleSize& size);
void describe(FieldVisitor& v, User& user);
void describe(FieldVisitor& v, Capabilities& capabilities);
void describe(FieldVisitor& v, Rlimit& rlimit);
void describe(FieldVisitor& v, Scheduler& scheduler);
void describe(FieldVisitor& v, IoPriority& priority);
void describe(FieldVisitor& v, ExecCpuAffinity& affinity);
void describe(FieldVisitor& v, Process& process);

void describe(FieldVisitor& v, DeviceRule& rule);
void describe(FieldVisitor& v, MemoryLimits& memory);
void describe(FieldVisitor& v, CpuLimits& cpu);
void describe(FieldVisitor& v, PidsLimit& pids);
void describe(FieldVisitor& v, WeightDevice& device);
void describe(FieldVisitor& v, ThrottleDevice& device);
void describe(FieldVisitor& v, BlockIoLimits& block_io);
void describe(FieldVisitor& v, HugepageLimit& hugepage);
void describe(FieldVisitor& v, InterfacePriority& priority);
void describe(FieldVisitor& v, NetworkLimits& network);
void describe(FieldVisitor& v, RdmaLimit& rdma);
void describe(FieldVisitor& v, Resources& resources);

void describe(FieldVisitor& v, Namespace& entry);
void describe(FieldVisitor& v, IdMapping& mapping);
void describe(FieldVisitor& v, TimeOffset& offset);
void describe(FieldVisitor& v, Device& device);
void describe(FieldVisitor& v, NetDevice& device);
void describe(FieldVisitor& v, Personality& personality);
void describe(FieldVisitor& v, IntelRdt& rdt);
void describe(FieldVisitor& v, MemoryPolicy& policy);
void describe(FieldVisitor& v, LinuxConfig& config);

void describe(FieldVisitor& v, Root& root);
void describe(FieldVisitor& v, Mount& mount);
void describe(FieldVisitor& v, Hook& hook);
void describe(FieldVisitor& v, Hooks& hooks);
void describe(FieldVisitor& v, Spec& spec);

void describe(FieldVisitor& v, State& state);
void describe(FieldVisitor& v, ContainerProcessState& state);

void describe(FieldVisitor& v, CgroupFeatures& features);
void describe(FieldVisitor& v, SeccompFeatures& features);
void describe(FieldVisitor& v, EnabledFeature& feature);
void describe(FieldVisitor& v, IntelRdtFeatures& features);
void describe(FieldVisitor& v, MemoryPolicyFeatures& features);
void describe(FieldVisitor& v, MountExtensions& extensions);
void describe(FieldVisitor& v, LinuxFeatures& features);
void describe(FieldVisitor& v, Features& features);

}  // namespace cove::spec
