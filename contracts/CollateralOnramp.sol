// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IErc20, IPolymarketUsd} from "./Interfaces.sol";

/// Anyone turns USDC.e or USDC into pUSD, one to one.
contract CollateralOnramp {
    IPolymarketUsd public immutable pUsd;

    constructor(address pUsdToken) {
        pUsd = IPolymarketUsd(pUsdToken);
    }

    function wrap(address asset, address to, uint256 amount) external {
        IErc20(asset).transferFrom(msg.sender, address(pUsd), amount);
        pUsd.wrap(asset, to, amount, address(0), "");
    }
}
