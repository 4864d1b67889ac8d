/** Whose house this is, and what it can do. */
export interface Brand {
  readonly title: string;
  readonly logo: string;
  readonly favicon: string;
  /** What the installation can do beyond the usual, such as `can_geo_ip`. */
  readonly capabilities: readonly string[];
}

interface Answer {
  readonly brand: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
}

/** Name and pictures of the host's brand; the product's own when they cannot be had, which must not stop anybody. */
export const loadBrand = async (): Promise<Brand> => {
  try {
    const response = await fetch('/api/v3/root/config/');
    const { brand, capabilities } = (await response.json()) as Answer;
    return {
      title: brand['branding_title'] || 'Muniment',
      logo: brand['branding_logo'] ?? '',
      favicon: brand['branding_favicon'] ?? '',
      capabilities,
    };
  } catch {
    return { title: 'Muniment', logo: '', favicon: '', capabilities: [] };
  }
};
