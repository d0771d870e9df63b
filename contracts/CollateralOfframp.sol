// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPolymarketUsd} from "./Interfaces.sol";

/// Anyone turns pUSD into USDC.e or USDC, one to one, as long as the vault holds that asset.
contract CollateralOfframp {
    IPolymarketUsd public immutable pUsd;

    constructor(address pUsdToken) {
        pUsd = IPolymarketUsd(pUsdToken);
    }

    function unwrap(address asset, address to, uint256 amount) external {
        pUsd.transferFrom(msg.sender, address(pUsd), amount);
        pUsd.unwrap(asset, to, amount, address(0), "");
    }
}
