/* A library that brings ppo_risk along and does one thing that no library should: what the gates have to find. */
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ppo_risk.h"

/* So that ppo_risk is needed. */
uint32_t rude_version(void);

uint32_t rude_version(void) {
    return ppo_version_number();
}

#if DEFECT == 5 || DEFECT == 6
static void *linger(void *unused) {
    (void)unused;
    for (;;) {
#if DEFECT == 5
        sleep(1);
#endif
    }
    return NULL;
}
#endif

#if DEFECT == 7
static void handle(int number) {
    (void)number;
}
#endif

__attribute__((constructor)) static void arrive(void) {
#if DEFECT == 0
    umask(0);
#elif DEFECT == 1
    setlocale(LC_ALL, "C.UTF-8");
#elif DEFECT == 2
    if (chdir("/") != 0) {
        abort();
    }
#elif DEFECT == 3
    setenv("OMP_NUM_THREADS", "1", 1);
#elif DEFECT == 4
    unsigned mxcsr;
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    mxcsr |= 0x8040u;
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
#elif DEFECT == 5 || DEFECT == 6
    pthread_t thread;
    pthread_create(&thread, NULL, linger, NULL);
#elif DEFECT == 7
    signal(SIGSEGV, handle);
#elif DEFECT == 8
    if (fopen("/dev/null", "r") == NULL) {
        abort();
    }
#elif DEFECT == 9
    puts("hello");
    fflush(stdout);
#endif
}

#if DEFECT == 10
__attribute__((destructor)) static void leave(void) {
    abort();
}
#endif
