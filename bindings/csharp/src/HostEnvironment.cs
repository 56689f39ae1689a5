using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>
    /// Environments of the host's, numbered from 0, that a trainer resets and steps: on the thread that trains, one at a
    /// time. The arrays are the trainer's and are used again at the next call. An exception ends the training call,
    /// which throws it. Any function of the library may be called, but those that work on the trainer are answered
    /// <see cref="Status.Busy"/>.
    /// </summary>
    public interface IHostEnvironment
    {
        /// <summary>Starts an episode.</summary>
        /// <param name="env">the environment's number</param>
        /// <param name="seed">differs from episode to episode, and is the same whenever a run is repeated</param>
        /// <param name="state">gets the first state, not normalised and finite</param>
        /// <param name="prior">gets the prior's weights there; of length 0 where the policy has none</param>
        void Reset(long env, ulong seed, float[] state, double[] prior);

        /// <summary>Takes one step.</summary>
        /// <param name="env">the environment's number</param>
        /// <param name="weights">the target weights: assets, then cash where the policy may hold it</param>
        /// <param name="state">gets what follows the step; at the end of an episode its final state</param>
        /// <param name="prior">as for Reset</param>
        StepResult Step(long env, double[] weights, float[] state, double[] prior);
    }

    /// <summary>
    /// Environments that also tell what other weights would have earned, which
    /// <see cref="ControlVariate.SelfCritical"/> needs.
    /// </summary>
    public interface ICounterfactualEnvironment : IHostEnvironment
    {
        /// <summary>
        /// The reward that other target weights would have had on the step just taken: from the same holdings, on the
        /// same returns. Nothing may change by it. Called after every step, the last of an episode too.
        /// </summary>
        /// <param name="env">the environment's number</param>
        /// <param name="weights">the target weights, as for Step</param>
        double Counterfactual(long env, double[] weights);
    }

    /// <summary>
    /// Environments that can go back to where they were, which <see cref="ControlVariate.PolicyPath"/> needs.
    /// </summary>
    public interface IRememberingEnvironment : IHostEnvironment
    {
        /// <summary>
        /// Keeps where an environment is: all that what follows depends on besides the weights, its random numbers to come
        /// too. Called at the start of every rollout.
        /// </summary>
        /// <param name="env">the environment's number</param>
        void Remember(long env);

        /// <summary>
        /// Puts an environment where it was at the last Remember: from there the same weights have to lead to the same states
        /// and rewards again. Called once after each.
        /// </summary>
        /// <param name="env">the environment's number</param>
        void GoBack(long env);
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate int ResetCallback(
        IntPtr user, UIntPtr env, ulong seed, float* state, UIntPtr state_len, double* prior, UIntPtr prior_len);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate int StepCallback(
        IntPtr user,
        UIntPtr env,
        double* weights,
        UIntPtr weights_len,
        float* state,
        UIntPtr state_len,
        double* prior,
        UIntPtr prior_len,
        StepResult* result);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate int CounterfactualCallback(
        IntPtr user, UIntPtr env, double* weights, UIntPtr weights_len, double* reward);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal delegate int PlaceCallback(IntPtr user, UIntPtr env);

    /// <summary>A host's environments, with the arrays that they are called with.</summary>
    internal sealed unsafe class EnvironmentHost : Host
    {
        private const int Failed = -1;

        private static readonly ResetCallback OnReset = Reset;
        private static readonly StepCallback OnStep = Step;
        private static readonly CounterfactualCallback OnCounterfactual = Counterfactual;
        private static readonly PlaceCallback OnRemember = Remember;
        private static readonly PlaceCallback OnGoBack = GoBack;

        private readonly IHostEnvironment environment;
        private float[] state = new float[0];
        private double[] prior = new double[0];
        private double[] weights = new double[0];

        internal EnvironmentHost(IHostEnvironment environment)
        {
            this.environment = environment ?? throw new ArgumentNullException(nameof(environment));
        }

        internal HostEnvironmentData Table()
        {
            var table = HostEnvironmentData.Blank();
            table.User = User;
            table.Reset = Marshal.GetFunctionPointerForDelegate(OnReset);
            table.Step = Marshal.GetFunctionPointerForDelegate(OnStep);
            if (environment is ICounterfactualEnvironment)
            {
                table.Counterfactual = Marshal.GetFunctionPointerForDelegate(OnCounterfactual);
            }
            if (environment is IRememberingEnvironment)
            {
                table.Remember = Marshal.GetFunctionPointerForDelegate(OnRemember);
                table.GoBack = Marshal.GetFunctionPointerForDelegate(OnGoBack);
            }
            return table;
        }

        private static int Reset(
            IntPtr user, UIntPtr env, ulong seed, float* state, UIntPtr state_len, double* prior, UIntPtr prior_len)
        {
            var host = Find<EnvironmentHost>(user);
            if (host == null)
            {
                return Failed;
            }
            try
            {
                host.Fit(state_len, prior_len);
                host.environment.Reset((long)env, seed, host.state, host.prior);
                host.Give(state, prior);
                return 0;
            }
            catch (Exception exception)
            {
                host.Keep(exception);
                return Failed;
            }
        }

        private static int Step(
            IntPtr user,
            UIntPtr env,
            double* weights,
            UIntPtr weights_len,
            float* state,
            UIntPtr state_len,
            double* prior,
            UIntPtr prior_len,
            StepResult* result)
        {
            var host = Find<EnvironmentHost>(user);
            if (host == null)
            {
                return Failed;
            }
            try
            {
                host.Fit(state_len, prior_len);
                Fit(ref host.weights, weights_len);
                Marshal.Copy((IntPtr)weights, host.weights, 0, host.weights.Length);
                *result = host.environment.Step((long)env, host.weights, host.state, host.prior);
                host.Give(state, prior);
                return 0;
            }
            catch (Exception exception)
            {
                host.Keep(exception);
                return Failed;
            }
        }

        private static int Counterfactual(
            IntPtr user, UIntPtr env, double* weights, UIntPtr weights_len, double* reward)
        {
            var host = Find<EnvironmentHost>(user);
            if (host == null)
            {
                return Failed;
            }
            try
            {
                Fit(ref host.weights, weights_len);
                Marshal.Copy((IntPtr)weights, host.weights, 0, host.weights.Length);
                *reward = ((ICounterfactualEnvironment)host.environment).Counterfactual((long)env, host.weights);
                return 0;
            }
            catch (Exception exception)
            {
                host.Keep(exception);
                return Failed;
            }
        }

        private static int Remember(IntPtr user, UIntPtr env)
        {
            return Place(user, world => world.Remember((long)env));
        }

        private static int GoBack(IntPtr user, UIntPtr env)
        {
            return Place(user, world => world.GoBack((long)env));
        }

        private static int Place(IntPtr user, Action<IRememberingEnvironment> act)
        {
            var host = Find<EnvironmentHost>(user);
            if (host == null)
            {
                return Failed;
            }
            try
            {
                act((IRememberingEnvironment)host.environment);
                return 0;
            }
            catch (Exception exception)
            {
                host.Keep(exception);
                return Failed;
            }
        }

        private void Fit(UIntPtr stateLength, UIntPtr priorLength)
        {
            Fit(ref state, stateLength);
            Fit(ref prior, priorLength);
        }

        private static void Fit<T>(ref T[] array, UIntPtr length)
        {
            if (array.Length != Arrays.Size(length))
            {
                array = new T[Arrays.Size(length)];
            }
        }

        private void Give(float* to, double* priorTo)
        {
            Marshal.Copy(state, 0, (IntPtr)to, state.Length);
            if (prior.Length > 0)
            {
                Marshal.Copy(prior, 0, (IntPtr)priorTo, prior.Length);
            }
        }
    }
}
