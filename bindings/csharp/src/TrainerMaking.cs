using System;

namespace PpoRisk
{
    // Where a trainer's experience comes from: a market, the host's environments, or a live agent's transitions.
    public sealed unsafe partial class Trainer
    {
        /// <summary>A trainer that learns in the library's own environments over a market.</summary>
        /// <param name="agent">the agent to train; one trainer at a time</param>
        /// <param name="market">prices or a simulation of as many assets and columns as the agent's spec has</param>
        /// <param name="config">how to train; null for the defaults</param>
        public static Trainer OnMarket(Agent agent, Market market, Config config = null)
        {
            var of = agent?.Handle ?? throw new ArgumentNullException(nameof(agent));
            var over = market?.Handle ?? throw new ArgumentNullException(nameof(market));
            Native.Check(Native.ppo_trainer_new(of, over, config, out var trainer));
            return new Trainer(new TrainerHandle(trainer, null));
        }

        /// <summary>
        /// A trainer that learns in environments of the host's: NEnvs of them, numbered from 0.
        /// </summary>
        /// <param name="agent">the agent to train; one trainer at a time</param>
        /// <param name="environment">the host's environments, kept for as long as the trainer or a job on it</param>
        /// <param name="config">how to train; null for the defaults. Of the environment's settings none is used</param>
        public static Trainer OnHost(Agent agent, IHostEnvironment environment, Config config = null)
        {
            var host = new EnvironmentHost(environment);
            return WithHost(host, delegate(ref HostEnvironmentData table, out IntPtr trainer)
            {
                return Native.ppo_trainer_new_host(agent?.Handle ?? throw new ArgumentNullException(nameof(agent)), ref table, config, out trainer);
            });
        }

        /// <summary>
        /// A trainer without environments: it learns from the transitions that <see cref="Observe"/> hands in, up to
        /// NEnvs sequences of them side by side.
        /// </summary>
        public static Trainer Online(Agent agent, Config config = null)
        {
            Native.Check(Native.ppo_trainer_new_online(agent?.Handle ?? throw new ArgumentNullException(nameof(agent)), config, out var trainer));
            return new Trainer(new TrainerHandle(trainer, null));
        }

        /// <summary>
        /// Goes on from a checkpoint of a trainer over a market. The numbers are those of a run that never stopped.
        /// </summary>
        /// <param name="path">the checkpoint</param>
        /// <param name="market">the market that the run was on: another one is refused</param>
        /// <param name="agent">gets a new agent with the run's policy</param>
        public static Trainer ResumeOnMarket(string path, Market market, out Agent agent)
        {
            var over = market?.Handle ?? throw new ArgumentNullException(nameof(market));
            fixed (byte* bytes = Text.Bytes(path, nameof(path)))
            {
                Files.CheckRead(Native.ppo_trainer_resume(bytes, over, out var made, out var trainer), path);
                agent = new Agent(new AgentHandle(made));
                return new Trainer(new TrainerHandle(trainer, null));
            }
        }

        /// <summary>
        /// Goes on from a checkpoint of a trainer over the host's environments. These begin new episodes, for they are
        /// not in a checkpoint; everything else goes on where it was.
        /// </summary>
        /// <param name="path">the checkpoint</param>
        /// <param name="environment">the host's environments</param>
        /// <param name="agent">gets a new agent with the run's policy</param>
        public static Trainer ResumeOnHost(string path, IHostEnvironment environment, out Agent agent)
        {
            Library.Require();
            var made = IntPtr.Zero;
            var host = new EnvironmentHost(environment);
            var resumed = WithHost(host, delegate(ref HostEnvironmentData table, out IntPtr trainer)
            {
                fixed (byte* bytes = Text.Bytes(path, nameof(path)))
                {
                    int status = Native.ppo_trainer_resume_host(bytes, ref table, out made, out trainer);
                    Files.RequireFile(status, path);
                    return status;
                }
            });
            agent = new Agent(new AgentHandle(made));
            return resumed;
        }

        /// <summary>
        /// Goes on from a checkpoint of a trainer that learns from transitions. Those that no update had used are gone.
        /// </summary>
        public static Trainer ResumeOnline(string path, out Agent agent)
        {
            Library.Require();
            fixed (byte* bytes = Text.Bytes(path, nameof(path)))
            {
                Files.CheckRead(Native.ppo_trainer_resume_online(bytes, out var made, out var trainer), path);
                agent = new Agent(new AgentHandle(made));
                return new Trainer(new TrainerHandle(trainer, null));
            }
        }

        private delegate int Making(ref HostEnvironmentData table, out IntPtr trainer);

        /// <summary>A trainer over the host's environments, which are let go again where none is made.</summary>
        private static Trainer WithHost(EnvironmentHost host, Making make)
        {
            try
            {
                var table = host.Table();
                int status = make(ref table, out var trainer);
                Outcome.Check(status, host, null);
                return new Trainer(new TrainerHandle(trainer, host));
            }
            catch
            {
                host.Release();
                throw;
            }
        }
    }
}
