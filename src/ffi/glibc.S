/* What the library asks of glibc, as glibc 2.28 has it, whichever glibc it is linked on.
 *
 * A linker binds a function to its newest version, and the library could then be loaded nowhere older. Each function below
 * that got a new version, or moved, after 2.28 is defined here, hidden, so that what is linked in calls it, and goes on to
 * the version that 2.28 has; what 2.28 has not is written out. What nothing calls is left out by the linker. build.rs links
 * this, and tests/c_abi/glibc.rs fails where anything newer is asked for: it is to be added here. */

#if defined(__x86_64__)
#define FIRST GLIBC_2.2.5
#define SETNAME GLIBC_2.12
#define FXSTATAT GLIBC_2.4
#elif defined(__aarch64__)
#define FIRST GLIBC_2.17
#define SETNAME GLIBC_2.17
#define FXSTATAT GLIBC_2.17
#endif

.macro begin name
    .section .text.\name, "ax", %progbits
    .balign 16
    .globl \name
    .hidden \name
    .type \name, %function
\name:
    .cfi_startproc
.endm

.macro end name
    .cfi_endproc
    .size \name, . - \name
.endm

.macro go_to name
#if defined(__x86_64__)
    jmp \name@PLT
#elif defined(__aarch64__)
    b \name
#endif
.endm

/* The function itself, by its older version. */
.macro older name, version
    .symver older_\name, \name@\version
    begin \name
    go_to older_\name
    end \name
.endm

older exp, FIRST
older exp2, FIRST
older log, FIRST
older pow, FIRST
older dlsym, FIRST
older pthread_attr_getguardsize, FIRST
older pthread_attr_getstack, FIRST
older pthread_attr_setstacksize, FIRST
older pthread_create, FIRST
older pthread_detach, FIRST
older pthread_getattr_np, FIRST
older pthread_join, FIRST
older pthread_key_create, FIRST
older pthread_key_delete, FIRST
older pthread_setname_np, SETNAME
older pthread_setspecific, FIRST

/* stat and its like were functions of a number, the layout's version, and of what they have today. */
#if defined(__x86_64__)
.macro of_layout name, older
    begin \name
    mov %rsi, %rdx
    mov %rdi, %rsi
    mov $1, %edi
    go_to \older
    end \name
.endm
#elif defined(__aarch64__)
.macro of_layout name, older
    begin \name
    mov x2, x1
    mov x1, x0
    mov w0, #0
    go_to \older
    end \name
.endm
#endif

.symver older_xstat64, __xstat64@FIRST
.symver older_fxstat64, __fxstat64@FIRST
.symver older_lxstat64, __lxstat64@FIRST
.symver older_fxstatat64, __fxstatat64@FXSTATAT
of_layout stat64, older_xstat64
of_layout fstat64, older_fxstat64
of_layout lstat64, older_lxstat64

begin fstatat64
#if defined(__x86_64__)
    mov %ecx, %r8d
    mov %rdx, %rcx
    mov %rsi, %rdx
    mov %edi, %esi
    mov $1, %edi
#elif defined(__aarch64__)
    mov w4, w3
    mov x3, x2
    mov x2, x1
    mov w1, w0
    mov w0, #0
#endif
    go_to older_fxstatat64
    end fstatat64

begin gettid
#if defined(__x86_64__)
    mov $186, %eax
    syscall
#elif defined(__aarch64__)
    mov x8, #178
    svc #0
#endif
    ret
    end gettid

/* 0: there may be other threads. */
.section .bss.__libc_single_threaded, "aw", %nobits
.globl __libc_single_threaded
.hidden __libc_single_threaded
.type __libc_single_threaded, %object
.size __libc_single_threaded, 1
__libc_single_threaded:
.zero 1

.section .note.GNU-stack, "", %progbits
