import { cruise, type ICruiseResult, type IForbiddenRuleType, type IModule, type IViolation } from 'dependency-cruiser'

/** The modules of `src`, and the imports that rules forbid. */
export interface Imports {
  readonly modules: readonly IModule[]
  readonly violations: readonly IViolation[]
}

/** Reads the imports of every module of `src`, those of types included. */
export async function readImports(forbidden: IForbiddenRuleType[] = []): Promise<Imports> {
  const { output } = await cruise(['src'], {
    validate: true,
    ruleSet: { forbidden },
    tsPreCompilationDeps: true,
    parser: 'swc',
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  })
  const { modules, summary } = output as ICruiseResult // no output type was asked for, so it is the result itself
  return { modules: modules.filter(({ source }) => source.startsWith('src/')), violations: summary.violations }
}
