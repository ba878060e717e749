// ipc create|check|remove KEY: makes, looks for or removes a SysV queue, shared memory and semaphore with the
// number KEY, and a POSIX queue and shared memory named /cove-KEY. Prints OK, or the error of each (ENOENT:
// not there).
#include <fcntl.h>
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "probe.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  int create = !strcmp(argv[1], "create"), remove = !strcmp(argv[1], "remove");
  key_t key = (key_t)number_argument(argc, argv, 2, 0);
  int flags = create ? IPC_CREAT | IPC_EXCL | 0666 : 0, open_flags = O_RDWR | (create ? O_CREAT | O_EXCL : 0);
  char name[64];
  snprintf(name, sizeof name, "/cove-%d", key);

  int queue = msgget(key, flags);
  print_result("sysv_queue", remove ? msgctl(queue, IPC_RMID, NULL) : queue);
  int memory = shmget(key, create ? 4096 : 0, flags);
  print_result("sysv_shm", remove ? shmctl(memory, IPC_RMID, NULL) : memory);
  int semaphore = semget(key, create ? 1 : 0, flags);
  print_result("sysv_sem", remove ? semctl(semaphore, 0, IPC_RMID) : semaphore);
  print_result("posix_queue", remove ? mq_unlink(name) : mq_open(name, open_flags, 0666, NULL));
  print_result("posix_shm", remove ? shm_unlink(name) : shm_open(name, open_flags, 0666));
  return 0;
}
