// crash: dies of SIGSEGV, as process 1 too.
int main(void) {
  *(volatile int*)8 = 1;
  return 0;
}
