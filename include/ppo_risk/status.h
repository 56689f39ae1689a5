/* What a call answers, and the rules that hold for every function of the library. A function's own comment says only
 * where it differs from them.
 *
 * Errors. A function that can fail returns a ppo_status: PPO_OK, or a negative PPO_ERR_ number. On an error no output
 * is written, and what the call should have changed is as it was. ppo_last_error has the words: which input, what was
 * found, what was expected. Where it applies, every function answers
 *     PPO_ERR_NULL_POINTER                     for a pointer that is NULL
 *     PPO_ERR_LENGTH                           for an array of another length than the one that is documented
 *     PPO_ERR_NOT_FINITE                       for NaN or infinity among the numbers
 *     PPO_ERR_INVALID_ARGUMENT                 for any other value that cannot be used
 *     PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED   for a handle of another kind, a freed one, or one after a defect
 *     PPO_ERR_VERSION                          for a struct that this library is too old for
 *     PPO_ERR_BUFFER_TOO_SMALL                 for a buffer that the text or the bytes do not fit: `needed` alone is written
 * Threads. A function may be called on any thread. Any number of threads may pass one handle at the same time where the
 * parameter is a pointer to const; through any other pointer one at a time, and a second one is answered PPO_ERR_BUSY.
 * A handle must not be freed while another call uses it.
 * Pointers. None may be NULL unless its description says so. A handle comes from a function that writes it to an output
 * and goes back to its _free function once; NULL is fine there, and a second call is refused and logged.
 * Memory. Text is UTF-8 and ends with a zero byte. Arrays are the caller's, row-major, and are not kept after the call;
 * an output must not overlap another array of the call. A call may allocate where it does not say that it does not.
 * Structs. One that begins with `struct_size` is filled by its _init function, then changed field by field.
 *
 * Example:
 *     char words[512];
 *     ppo_agent *agent = NULL;
 *     ppo_status status = ppo_load("models/sp500-20-stocks.safetensors", &agent);
 *     if (status != PPO_OK) {
 *         ppo_last_error(words, sizeof words, NULL);
 *         printf("%s: %s\n", ppo_status_name(status), words);
 *     }
 *     ppo_agent_free(agent); */

/* Made by abi/generate from src/ffi: do not edit. */

#ifndef PPO_RISK_STATUS_H
#define PPO_RISK_STATUS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- What a call answers ------------------------------------------------------------------------------- */

/**
 * What a call answers: PPO_OK, or a negative number whose meaning never changes. A newer library may answer a number
 * that this header does not list; treat every negative one as a failure.
 */
typedef int32_t ppo_status;

/** The call did what it says. */
#define PPO_OK 0
/** A pointer is NULL where its function does not allow it. */
#define PPO_ERR_NULL_POINTER (-1)
/** A value, a configuration or a text cannot be used; the message names it and says what was expected. */
#define PPO_ERR_INVALID_ARGUMENT (-2)
/** An array, or a list in a JSON text, has another number of values than the call needs. */
#define PPO_ERR_LENGTH (-3)
/** A number is NaN or infinite; the message says which one. */
#define PPO_ERR_NOT_FINITE (-4)
/** The caller's buffer is too small for what is to be copied out; the size needed was written. */
#define PPO_ERR_BUFFER_TOO_SMALL (-5)
/** A pointer is no handle of the kind that the call needs, or one that was freed. */
#define PPO_ERR_WRONG_HANDLE (-6)
/** An earlier call on this handle hit a defect of the library (PPO_ERR_PANIC): it can only be freed. */
#define PPO_ERR_POISONED (-7)
/**
 * A defect of the library was met and stopped at its border; please report the message. The handles of the call are
 * poisoned.
 */
#define PPO_ERR_PANIC (-8)
/**
 * The handle is in use by another call that may change it: another thread's, or one further down this stack.
 */
#define PPO_ERR_BUSY (-9)
/** The operating system refused to read or write. */
#define PPO_ERR_IO (-10)
/** A policy file (or its bytes) cannot be used: damaged, of another format, or not a policy. */
#define PPO_ERR_FILE (-11)
/** A cell of a table file cannot be used; the message has its line and column. */
#define PPO_ERR_TABLE (-12)
/** libtorch refused an operation. */
#define PPO_ERR_TORCH (-13)
/** Training reached a state that it cannot continue from. */
#define PPO_ERR_TRAINING (-14)
/** This library was built without the part that the call needs (see ppo_features). */
#define PPO_ERR_NOT_BUILT (-15)
/** The call needs libtorch, in a process that was forked from one that had used it. */
#define PPO_ERR_FORKED (-16)
/** The caller asked the call to stop. */
#define PPO_ERR_CANCELLED (-17)
/** A struct has content that this library is too old to know, or a size that no version of it had. */
#define PPO_ERR_VERSION (-18)
/** The time to wait ran out; nothing was lost, and waiting can go on. */
#define PPO_ERR_TIMEOUT (-19)
/** A function of the host that the call had to call answered an error. */
#define PPO_ERR_CALLBACK (-20)
/** The handle has not been given what the call needs yet, such as enough bars. */
#define PPO_ERR_NOT_READY (-21)
/** There is not as much memory as the sizes that the caller chose ask for; nothing was changed. */
#define PPO_ERR_OUT_OF_MEMORY (-22)
/** Ranks that train together cannot go on: a gather failed, or one of them is at something else. */
#define PPO_ERR_COLLECTIVE (-23)

/**
 * The name of a status, such as "PPO_ERR_LENGTH"; "unknown status" for a number that is none.
 *
 * \param status  what a call answered
 *
 * The text is a constant of the library: never NULL, never freed. Allocates nothing; cannot fail.
 */
const char *ppo_status_name(ppo_status status);

/* ---- The library that is loaded ------------------------------------------------------------------------ */

/**
 * Version of this header, first number. Before 1.0, only libraries of the same minor version fit a program.
 */
#define PPO_VERSION_MAJOR 0
/** Version of this header, second number. */
#define PPO_VERSION_MINOR 2
/** Version of this header, third number. */
#define PPO_VERSION_PATCH 0
/** Version of this header in one number that can be compared: major * 1,000,000 + minor * 1,000 + patch. */
#define PPO_VERSION_NUMBER 2000
/** Feature bit: the trainer, and with it libtorch. */
#define PPO_FEATURE_TRAIN 1

/**
 * The library's version as text, such as "0.2.0".
 *
 * The text is a constant of the library: never NULL, never freed. Allocates nothing; cannot fail.
 */
const char *ppo_version(void);

/**
 * The library's version as one number: major * 1,000,000 + minor * 1,000 + patch. A program compares it with the
 * PPO_VERSION_NUMBER that it was compiled with.
 *
 * Allocates nothing; cannot fail.
 */
uint32_t ppo_version_number(void);

/**
 * What was built into the library: a sum of PPO_FEATURE_ bits. Every function is there whatever was built in; those
 * that need more answer PPO_ERR_NOT_BUILT.
 *
 * Allocates nothing; cannot fail.
 */
uint32_t ppo_features(void);

/**
 * Copies the error message of this thread's last failed call ("" before the first). A call that succeeds leaves them.
 *
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * Answers PPO_OK; PPO_ERR_BUFFER_TOO_SMALL where the message was cut. None of these replaces the message. Hosts
 * whose code moves between threads ask the handle: ppo_agent_last_error.
 */
ppo_status ppo_last_error(char *buffer,
                          size_t capacity,
                          size_t *needed);

/**
 * A function of the host that takes a line of the log: its level (PPO_LOG_ERROR to PPO_LOG_DEBUG), its text (UTF-8,
 * valid until the function returns), and the pointer given to ppo_set_log.
 *
 * It is called on whichever thread the library is working on, on several at the same time. It must return
 * normally: no exception and no longjmp may leave it. It may call any function of this library but ppo_set_log (answered PPO_ERR_BUSY); what those calls would
 * log is dropped.
 */
typedef void (*ppo_log_callback)(uint32_t level, const char *message, void *user);

/**
 * Sends the library's log to a function of the host. Until then, and with `callback` NULL, there is none: the library
 * never writes to standard output or standard error.
 *
 * \param level     highest level that is wanted, a PPO_LOG_ number
 * \param callback  called on any thread, on several at the same time; NULL switches the log off
 * \param user      handed to `callback`; may be NULL; has to live until the callback is replaced
 *
 * When it returns, calls of the former callback have ended. For the whole process. PPO_ERR_BUSY where the callback
 * itself calls it; PPO_ERR_INVALID_ARGUMENT for a level that is none.
 */
ppo_status ppo_set_log(uint32_t level,
                       ppo_log_callback callback,
                       void *user);

/* ---- The log ------------------------------------------------------------------------------------------- */

/** Log level: nothing. */
#define PPO_LOG_OFF 0
/** Log level: defects of the library, and handles that were freed twice. */
#define PPO_LOG_ERROR 1
/** Log level: what went on in another way than asked for. */
#define PPO_LOG_WARN 2
/** Log level: milestones. */
#define PPO_LOG_INFO 3
/** Log level: everything, among it the error message of every failed call. */
#define PPO_LOG_DEBUG 4

#ifdef __cplusplus
}
#endif

#endif /* PPO_RISK_STATUS_H */
